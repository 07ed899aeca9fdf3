"""Forms in the house style: `{{ form.x.as_field_group }}` and `{{ form }}` draw label, help and errors."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Take the form's and the field's layout from templates/forms/."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
