"""People and cohorts in Django's admin pages."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from courseplatform.accounts.models import Cohort, User


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Users, with the flag that makes an instructor."""

    list_display = ("username", "email", "is_instructor", "is_superuser", "last_login")
    list_filter = ("is_instructor", "is_superuser", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Teaching", {"fields": ("is_instructor",)}))


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin[Cohort]):
    """Cohorts and who is in them."""

    list_display = ("name", "join_code", "created")
    search_fields = ("name",)
    filter_horizontal = ("instructors", "members")
