from django.apps import AppConfig


class SpektyConfig(AppConfig):
    name = "spekty"
    verbose_name = "Spekty"

    def ready(self) -> None:
        # @shared_task needs the application to exist in every process, not only in workers.
        import spekty.celery  # noqa: F401
