"""Papers of the lots: listed beside a preview, dropped, opened. A link never dies: see core.files."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lots.enums import DocumentKind
from lots.forms import DocumentForm
from lots.models import LotDocument
from lots.permissions import can_read_lots, can_write_lots
from lots.selectors.lots import visible_documents
from lots.services.documents import add_document
from missions.selectors.lots import documents_of_mission
from spekty.accounts.access import only, person
from spekty.accounts.enums import Role
from spekty.core.engine import TransitionRefused
from spekty.core.files import INLINE, MAX_BYTES, FileRefused, file_response
from spekty.core.keyset import Order, keyset_page

PAGE = 50
NEWEST = Order.by(descending=True)


@require_safe
@only(can_read_lots)
def documents_list(request: HttpRequest) -> HttpResponse:
    """Show the papers of the visible lots, and one of them beside."""
    user = person(request)
    if mission := request.GET.get("mission", "").replace("\0", "")[:20]:
        return _of_mission(request, mission)
    number = request.GET.get("lot", "").replace("\0", "")[:30]
    kind = request.GET.get("nature", "")
    documents = visible_documents(user)
    if number:
        documents = documents.filter(lot__number=number)
    if kind in DocumentKind.values:
        documents = documents.filter(kind=kind)
    here = request.GET.get("page", "")
    page = keyset_page(documents, NEWEST, here, size=PAGE, counted=True)
    wanted = request.GET.get("vu", "")
    shown = next((found for found in page if str(found.pk) == wanted), None)
    context = {
        "page": page,
        "here": here,
        "number": number,
        "kind": kind if kind in DocumentKind.values else "",
        "kinds": DocumentKind.choices,
        "shown": shown,
        "is_inline": shown is not None and shown.file.mime in INLINE,
        "is_image": shown is not None and shown.file.mime.startswith("image/"),
        "can_write": can_write_lots(user),
        "form": DocumentForm(user=user, initial={"lot": number}),
    }
    return render(request, "lots/documents.html", context)


def _of_mission(request: HttpRequest, number: str) -> HttpResponse:
    """Show the papers of one mission, and take more."""
    found = documents_of_mission(person(request), number)
    if found is None:
        raise Http404
    wanted = request.GET.get("vu", "")
    shown = next((document for document in found if str(document.pk) == wanted), None)
    context = {
        "number": number,
        "documents": found,
        "shown": shown,
        "is_inline": shown is not None and shown.file.mime in INLINE,
        "is_image": shown is not None and shown.file.mime.startswith("image/"),
        "can_file": person(request).has_role(Role.HEAD_OFFICE, Role.PLANNER),
    }
    return render(request, "lots/mission_documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def add(request: HttpRequest) -> HttpResponse:
    """Keep the papers dropped on a lot, each judged by its content."""
    user = person(request)
    posted = request.POST if request.method == "POST" else None
    form = DocumentForm(posted, request.FILES or None, user=user, initial={"lot": request.GET.get("lot", "")})
    if posted is not None and form.is_valid():
        kept: list[LotDocument] = []
        for sent in request.FILES.getlist("file"):
            try:
                if (sent.size or 0) > MAX_BYTES:
                    raise FileRefused(f"« {sent.name} » dépasse {MAX_BYTES // 1024 // 1024} Mo.")
                kept.append(
                    add_document(
                        lot=form.cleaned_data["lot"],
                        content=sent.read(),
                        name=sent.name or "fichier",
                        by=user.acting(),
                        kind=DocumentKind(form.cleaned_data["kind"]),
                    )
                )
            except (FileRefused, TransitionRefused) as refusal:
                form.add_error("file", str(refusal))
        if kept and form.is_valid():
            messages.success(request, "Document déposé.")
            query = f"?lot={kept[-1].lot.number}&vu={kept[-1].pk}"
            return redirect(f"{reverse('lots:documents')}{query}")
    status = 200 if posted is None else 422
    return render(request, "lots/document_add.html", {"form": form}, status=status)


@require_safe
@only(can_read_lots)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a paper of a visible lot."""
    found = get_object_or_404(visible_documents(person(request)), pk=pk)
    return file_response(found.file, download="telecharger" in request.GET)
