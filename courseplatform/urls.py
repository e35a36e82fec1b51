"""The site's addresses: the pages of the assignments, accounts, administration, health."""

from django.contrib import admin
from django.urls import include, path

from courseplatform.ops.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("", include("assignments.urls")),
]
