"""The reading: a form drawn from the questionnaire, and the photos that follow it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from field import selectors
from field.forms import PhotoForm, ReadingForm
from field.models import ReadingDefinition
from field.permissions import signed_in_agent
from field.rules.answers import NUMBERS, Answers, missing_parts, read_answers
from field.rules.definition import PhotoNeed, Question, Questionnaire, read_definition
from field.services import (
    NoDefinition,
    ReadingNotThere,
    Recorded,
    add_photo,
    definition_for,
    record_reading,
)
from field.services.proposal import with_known
from field.services.readings import Visit
from field.views.answers import from_outbox, invalid, kept, refused
from field.views.pages import own_reading
from missions.enums import MissionStatus
from missions.models import Mission
from spekty.accounts.models import Agent, User
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Source

OTHER_PHOTO = "autre"


@dataclass(frozen=True, slots=True)
class Line:
    """A question as the page draws it: what was typed, what is wrong, what was declared."""

    question: Question
    values: Sequence[str]
    error: str = ""
    declared: str = ""
    gap: str = ""

    @property
    def id(self) -> str:
        return f"q-{self.question.code}"

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def boxes(self) -> list[tuple[int, str]]:
        """Rank and value of each point of a question of several numbers."""
        given = [*self.values, *[""] * self.question.count]
        return [(rank + 1, given[rank]) for rank in range(self.question.count)]

    @property
    def when(self) -> dict[str, list[str]]:
        return {code: list(allowed) for code, allowed in self.question.when.items()}


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    lines: list[Line]


@dataclass(slots=True)
class Sheet:
    """All that the page of a reading draws."""

    mission: Mission
    definition: ReadingDefinition
    form: Questionnaire
    meta: ReadingForm
    typed: Mapping[str, Sequence[str]]
    refusals: Mapping[str, str] = field(default_factory=dict)

    def parts(self) -> list[Part]:
        known = with_known(self.form, {}, self.mission.operation)
        return [
            Part(section.title, lines)
            for section in self.form.sections
            if (lines := [self._line(q, known) for q in section.questions if not q.source])
        ]

    def _line(self, question: Question, known: Answers) -> Line:
        declared = str(known.get(question.declared, ""))
        return Line(
            question=question,
            values=[value.strip() for value in self.typed.get(question.code, ())],
            error=self.refusals.get(question.code, ""),
            declared=declared,
            gap=str(question.raw.get("area_gap", "")) if declared else "",
        )


@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the reading of a mission, or receive it."""
    user, agent = signed_in_agent(request)
    missions = selectors.missions_once_of(agent) if request.method == "POST" else selectors.missions_of(agent)
    found = get_object_or_404(missions.select_related("operation", "lot__fiche", "lot__client"), pk=pk)
    if request.method == "POST":
        return _receive(request, found, user, agent)
    if not (found.is_open or found.status == MissionStatus.TO_COMPLETE):
        return redirect("field:mission", pk=pk)
    try:
        definition = definition_for(found, timezone.localdate())
    except NoDefinition as refusal:
        return refused(request, refusal, back=reverse("field:mission", args=[pk]))
    form, former = read_definition(definition.content), selectors.current_reading(found)
    started = {"key": uuid.uuid4(), "definition": definition.pk, "started_at": timezone.now().isoformat()}
    said = {"comment": former.comment, "signer": former.signer} if former else {}
    sheet = Sheet(
        found,
        definition,
        form,
        ReadingForm(initial=started | said),
        _typed(form, former.answers) if former else {},
    )
    return _draw(request, sheet)


def _typed(form: Questionnaire, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return kept answers as a person types them: decimal commas."""
    typed: dict[str, list[str]] = {}
    for question in form.asked():
        answer = answers.get(question.code, "")
        values = answer if isinstance(answer, list) else [answer]
        numeric = question.kind in NUMBERS
        typed[question.code] = [value.replace(".", ",") if numeric else value for value in values]
    return typed


def _draw(request: HttpRequest, sheet: Sheet, status: int = 200) -> HttpResponse:
    sent = list(selectors.photos_of(sheet.mission))
    asked = {need.code: need.label for need in sheet.form.photos}
    answers, _ = read_answers(sheet.form, sheet.typed)
    have = frozenset(photo.question for photo in sent)
    missing = missing_parts(sheet.form, answers, photos=have, signed=bool(sheet.meta["signer"].value()))
    context = {
        "mission": sheet.mission,
        "operation": sheet.mission.operation,
        "definition": sheet.definition,
        "form": sheet.form,
        "meta": sheet.meta,
        "parts": sheet.parts(),
        "needs": _needs(sheet.form),
        "missing_codes": [need.code for need in missing],
        "sent_photos": [(photo, asked.get(photo.question, "Photo")) for photo in sent],
        "photo_needs": sheet.form.photos,
        "other": PhotoNeed(OTHER_PHOTO, "Autre photo", False),
        "sent_back": selectors.sent_back_reason(sheet.mission),
    }
    return render(request, "field/reading.html", context, status=status)


def _needs(form: Questionnaire) -> list[dict[str, Any]]:
    """Return all that the list « il manque » may ask: the phone strikes what is there."""
    needs: list[dict[str, Any]] = []
    for question in form.asked():
        if not question.required:
            continue
        when = {code: list(allowed) for code, allowed in question.when.items()}
        ranks = range(1, question.count + 1) if question.kind == "numbers" else [0]
        for rank in ranks:
            suffix, words = (f"-{rank}", f", point {rank}") if rank else ("", "")
            code = f"{question.code}{suffix}"
            needs.append({"code": code, "label": f"{question.label}{words}", "act": "Aller", "when": when})
    needs += [
        {"code": f"photo-{p.code}", "label": f"Photo : {p.label.lower()}", "act": "Prendre", "when": {}}
        for p in form.photos
        if p.required
    ]
    if form.signature:
        needs.append({"code": "signature", "label": "Signature", "act": "Signer", "when": {}})
    return needs


def _receive(request: HttpRequest, found: Mission, user: User, agent: Agent) -> HttpResponse:
    meta = ReadingForm(request.POST, request.FILES)
    if not meta.is_valid():
        if from_outbox(request):
            return invalid(request, meta)
        raise Http404
    by = user.acting(Source.FIELD)
    try:
        definition = _definition_sent(meta.cleaned_data["definition"], found)
    except NoDefinition as refusal:
        return refused(request, refusal, back=reverse("field:mission", args=[found.pk]))
    form = read_definition(definition.content)
    typed = {q.code: request.POST.getlist(f"q-{q.code}") for q in form.asked()}
    answers, refusals = read_answers(form, typed)
    if refusals:
        return _again(
            request, Sheet(found, definition, form, meta, typed, refusals), " ".join(refusals.values())
        )
    try:
        recorded = _record(meta, found, agent, definition, answers, by)
    except TransitionRefused as refusal:
        return _again(request, Sheet(found, definition, form, meta, typed), str(refusal))
    _add_sent_files(request, recorded, form, by)
    text = "Relevé reçu, il part en relecture."
    return kept(request, created=recorded.created, text=text, back=reverse("field:day"))


def _definition_sent(pk: int | None, found: Mission) -> ReadingDefinition:
    sent = ReadingDefinition.objects.filter(pk=pk).first() if pk else None
    return sent or definition_for(found, timezone.localdate())


def _again(request: HttpRequest, sheet: Sheet, text: str) -> HttpResponse:
    if from_outbox(request):
        return refused(request, TransitionRefused(text), back="")
    messages.error(request, text)
    return _draw(request, sheet, status=422)


def _record(
    meta: ReadingForm,
    found: Mission,
    agent: Agent,
    definition: ReadingDefinition,
    answers: Answers,
    by: Actor,
) -> Recorded:
    sent = meta.cleaned_data
    signature = sent["signature"].read() if sent["signature"] else None
    return record_reading(
        key=sent["key"],
        mission_id=found.pk,
        agent=agent,
        definition_id=definition.pk,
        visit=Visit(
            answers=answers,
            started_at=sent["started_at"],
            finished_at=sent["finished_at"] or timezone.now(),
            comment=sent["comment"],
            signer=sent["signer"],
            signature=signature,
        ),
        by=by,
    )


def _add_sent_files(request: HttpRequest, recorded: Recorded, form: Questionnaire, by: Actor) -> None:
    """Keep the photos that came with a plain form; one that is refused is said, the rest stays."""
    for code in [*(need.code for need in form.photos), OTHER_PHOTO]:
        for rank, file in enumerate(request.FILES.getlist(f"photo-{code}")):
            key = uuid.uuid5(recorded.reading.key, f"{code}-{rank}")
            try:
                add_photo(key=key, reading=recorded.reading, content=file.read(), question=code, by=by)
            except TransitionRefused as refusal:
                messages.warning(request, f"{file.name} : {refusal}")


@require_POST
def photo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Receive one photo of a reading sent before."""
    user, agent = signed_in_agent(request)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return invalid(request, form)
    parent = own_reading(agent, key)
    if parent is None:
        wait = ReadingNotThere("Le relevé de cette photo n’est pas encore arrivé.")
        return refused(request, wait, back=reverse("field:outbox"))
    sent = form.cleaned_data
    try:
        _, created = add_photo(
            key=sent["key"],
            reading=parent,
            content=sent["file"].read(),
            question=sent["question"],
            original_sha256=sent["original_sha256"],
            taken_at=sent["taken_at"],
            lat=sent["lat"],
            lon=sent["lon"],
            by=user.acting(Source.FIELD),
        )
    except TransitionRefused as refusal:
        return refused(request, refusal, back=reverse("field:outbox"))
    return kept(request, created=created, text="Photo reçue.", back=reverse("field:outbox"))
