"""When each job ran last, and which processes are alive: what health and the catching up of missed jobs read."""

from django.db import models


class JobRun(models.Model):
    """The last run of one job of brokerage/schedule.py, by the name of its task."""

    task = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.task


class Heartbeat(models.Model):
    """The last sign of life of one worker or beat, by what it is and where it runs."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="heartbeat_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
