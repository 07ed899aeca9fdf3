"""Text as it is compared in a search: lower case, without accents; the same in an index and in a query."""

from django.db.models import CharField, Func, TextField


class Fold(Func):
    """`spekty_fold(text)`: an immutable wrapper of unaccent + lower, so that it can be indexed."""

    function = "SPEKTY_FOLD"
    arity = 1
    output_field = TextField()


class Digits(Func):
    """The digits of a text, nothing else."""

    template = "REGEXP_REPLACE(%(expressions)s, '[^0-9]', '', 'g')"
    arity = 1
    output_field = CharField()
