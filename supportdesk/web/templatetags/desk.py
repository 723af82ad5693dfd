"""Template words of the desk: signs, chips, times. Loaded into every template."""

from django import template

register = template.Library()
