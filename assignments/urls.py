"""The addresses of the catalogue, problems, submissions and teaching pages."""

from django.urls import path

from assignments.views import catalogue, operations, problems, submissions, teaching

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("help/", catalogue.help_page, name="help"),
    path("problems/<slug:slug>/", problems.problem, name="problem"),
    path("problems/<slug:slug>/submit/", problems.submit, name="submit"),
    path("problems/<slug:slug>/run/", problems.run_visible, name="run_visible"),
    path("problems/<slug:slug>/draft/", problems.draft, name="draft"),
    path("problems/<slug:slug>/editorial/", problems.editorial, name="editorial"),
    path("problems/<slug:slug>/history/", submissions.history, name="history"),
    path("problems/<slug:slug>/compare/", submissions.compare, name="compare"),
    path("submissions/<uuid:pk>/", submissions.submission, name="submission"),
    path("submissions/<uuid:pk>/progress/", submissions.submission_progress, name="submission_progress"),
    path("submissions/<uuid:pk>/override/", submissions.override, name="override"),
    path("teaching/submissions/", teaching.cohort_submissions, name="cohort_submissions"),
    path("teaching/cohorts/", teaching.cohorts, name="cohorts"),
    path("operations/", operations.operations, name="operations"),
    path("operations/runs/<int:pk>/requeue/", operations.requeue, name="requeue"),
]
