"""The portal's pages about tickets."""

from django.urls import path
from django.views.generic import TemplateView

from tickets import files

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
]
