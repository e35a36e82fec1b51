"""The forms of the pages: what may be typed, chosen or sent, and the words beside each field."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

LEVEL_CHOICES = [
    ("", "Any level"),
    *((str(n), words) for n, words in enumerate(("Introductory", "Easy", "Medium", "Hard", "Very hard"), 1)),
]
STATE_CHOICES = [("", "Any state"), ("untouched", "Not tried"), ("tried", "Tried"), ("solved", "Solved")]
OUTCOME_CHOICES = [
    ("", "Any outcome"),
    ("passed", "Passed"),
    ("failed", "Failed"),
    ("waiting", "Queued or being graded"),
    ("broken", "Not graded yet"),
]


class SolutionForm(forms.Form):
    """A solution as it is typed, or uploaded in place of that."""

    request_key = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    source = forms.CharField(
        required=False,
        strip=False,
        label="Your solution",
        widget=forms.Textarea(
            attrs={
                "rows": 24,
                "spellcheck": "false",
                "autocomplete": "off",
                "autocapitalize": "off",
                "aria-describedby": "editor-help",
            }
        ),
    )
    upload = forms.FileField(
        required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ".py,.zip,.ipynb,text/x-python"})
    )

    @classmethod
    def fresh(cls, source: str) -> SolutionForm:
        """An unsent form that shows a source and carries a key of its own."""
        return cls(initial={"request_key": uuid.uuid4(), "source": source})

    def clean_source(self) -> str:
        """The source with the line ends that Python is written with (forms send CRLF)."""
        source: str = self.cleaned_data["source"]
        return source.replace("\r\n", "\n").replace("\r", "\n")

    def show_again(self) -> None:
        """Give a refused form a new key: what is sent next is another submission."""
        sent = {name: self.data[name] for name in self.data}
        self.data = sent | {"request_key": str(uuid.uuid4())}


class DraftForm(forms.Form):
    """What stands in the editor."""

    source = forms.CharField(required=False, strip=False)

    clean_source = SolutionForm.clean_source


class Filter(forms.Form):
    """What a list is narrowed by."""

    def chosen(self) -> dict[str, str]:
        """The valid choices; a value nobody offered filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CatalogueFilter(Filter):
    """Which problems the catalogue shows."""

    q = forms.CharField(
        required=False,
        label="Search",
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": "Title or words"}),
    )
    level = forms.ChoiceField(required=False, choices=LEVEL_CHOICES)
    skill = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, choices=STATE_CHOICES)

    def __init__(self, *args: Any, skills: Iterable[str], with_state: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        skill = self.fields["skill"]
        assert isinstance(skill, forms.ChoiceField)
        skill.choices = [("", "Any skill"), *((name, name) for name in sorted(set(skills)))]
        if not with_state:
            del self.fields["state"]


class CohortSubmissionsFilter(Filter):
    """Which submissions an instructor's list shows."""

    cohort = forms.ChoiceField(required=False)
    problem = forms.ChoiceField(required=False)
    learner = forms.CharField(required=False, max_length=150, widget=forms.SearchInput())
    outcome = forms.ChoiceField(required=False, choices=OUTCOME_CHOICES)

    def __init__(
        self, *args: Any, cohorts: Iterable[tuple[str, str]], problems: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, offered, usual in (("cohort", cohorts, "Any cohort"), ("problem", problems, "Any problem")):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", usual), *offered]


class OverrideForm(forms.Form):
    """A score set by hand, with the reason that the learner will read."""

    score = forms.FloatField(min_value=0, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}))
    reason = forms.CharField(max_length=2000, help_text="The learner reads this.")


class JoinCohortForm(forms.Form):
    """The code that an instructor has handed out."""

    code = forms.CharField(
        label="Join code", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class CreateCohortForm(forms.Form):
    """The name of a new cohort."""

    name = forms.CharField(max_length=120)
