import pytest, re, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import access_world, crowd
from tests.test_url_access import LINES, browser_of
pytestmark = pytest.mark.django_db

def test_measure(settings):
    settings.LIST_MEMORY = settings.SHELL_MEMORY = 60
    world = access_world.build()
    lines = [(l, r) for l in LINES for r in ("office","planner","quality","pay","direction","admin","owner") if l.expected("GET", r)==200 and not l.is_public and l.name.split(":")[1] not in ("photo","signature","document","import_file","export","report","pdf","synthesis","dossier_file","agent_pdf","mine_pdf","findings_export","preview","invitation_calendar")]
    seen = {}
    def measure(tag):
        from django.core.cache import cache
        cache.clear()
        for l, r in lines:
            b = browsers[r]
            url = reverse(l.name, args=world.a.args[l.args])
            try:
                b.get(url)
                t=time.time()
                with CaptureQueriesContext(connection) as q:
                    a=b.get(url)
                    n = len(b"".join(a)) if a.streaming else len(a.content)
                ms=(time.time()-t)*1000
                seen.setdefault((l.name,r),[]).append((len(q), round(ms), n, [x["sql"][:110] for x in q]))
            except BaseException as e:
                seen.setdefault((l.name,r),[]).append((repr(e)[:200],0,0,[]))
    browsers = {r: browser_of(world, r) for r in ("office","planner","quality","pay","direction","admin","owner")}
    crowd.grow(3, world); measure("3")
    crowd.grow(300, world); measure("300")
    done=set()
    for (name,r),v in sorted(seen.items()):
        key=(name, v[0][0], v[1][0])
        if key in done: continue
        done.add(key)
        print(f"{name:28} {r:10} {v[0][0]!s:>4} {v[1][0]!s:>4}  {v[0][2]:>8} {v[1][2]:>9} {v[1][1]:>6} ms")
