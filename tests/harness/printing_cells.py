"""What may go wrong while a booklet is printed, and which outcomes are then right
(docs/RELIABILITY.md, the outcome). N is 4."""
from printing import PAGE_MS, Cell

P, R, S, U = "printed", "released", "spoiled", "unsure"
KEPT = "retracted"  # printed, but the visit is gone
MOMENTS = {"before 1": "page=1", "at 1": "page=1 at", "after 1": "page=1 after", "at 3": "page=3 at",
           "before 4": "page=4", "after 4": "page=4 after"}


def both(*outcomes):
    return {"device": set(outcomes), "queue": set(outcomes)}


def split(device, queue):
    return {"device": set(device), "queue": set(queue)}


def row(what, right, heal_ms=0, little=False):
    """`right`: by moment. `little`: a printer that takes one side ahead of the paper, no more."""
    name = what + (" for a while" if heal_ms else "") + (", little memory" if little else "")
    first = ("buffer 1",) if little else ()
    return [Cell(name, moment, (*first, f"plan {MOMENTS[moment]} fault={what}"), heal_ms,
                 right=expected) for moment, expected in right.items()]


# A machine that stands, and tells why, until the outcome. An empty tray says nothing against the
# sides that are out.
STANDING = {"before 1": both(U), "after 1": both(S), "before 4": both(S), "after 4": both(P)}
STUCK = {**STANDING, "at 1": both(U), "at 3": both(S), "after 4": both(U)}
# The job is over before its end.
OVER = {"before 1": both(R), "at 1": both(S), "after 1": both(S), "at 3": both(S),
        "after 4": both(P)}
# Nobody can ask the printer any more.
GONE = {moment: both(U) for moment in ("before 1", "at 1", "after 1", "at 3", "after 4")}
BACK = {moment: both(P) for moment in ("before 1", "after 1", "at 3")}
# The same, where a document that is still coming is cut off: what was whole by then is printed.
CUT = {**BACK, "before 1": both(P, S), "after 1": both(P, S)}

PAPER = [
    *row("media-empty", STANDING), *row("wrong-media", STANDING), *row("stop", STANDING),
    *row("toner-empty", {**STANDING, "after 4": both(U)}), *row("jam", STUCK),
    *row("door-open", STUCK),
    *row("media-empty", BACK, heal_ms=900), *row("jam", BACK, heal_ms=900),
    *row("stall", {**OVER, "at 1": both(S)}),
    *row("abort", OVER), *row("cancel", OVER),
    *row("power-cycle", GONE),
    *row("hang", {**GONE}), *row("hang", BACK, heal_ms=900),
    *row("cable-out", GONE), *row("cable-out", CUT, heal_ms=900),
    *row("net-hang", GONE), *row("net-hang", BACK, heal_ms=900),
    *row("net-reset", GONE), *row("net-reset", CUT, heal_ms=900),
    *row("net-drip", GONE), *row("net-drip", BACK, heal_ms=900),
    # Every side comes out; the job's own count tells that the counter stands still.
    *row("counter-stuck", {"before 1": both(U), "after 1": both(U), "at 3": both(U),
                           "after 4": both(P)}),
    *row("counter-absent", {"before 1": both(U), "after 1": both(U), "after 4": both(U)}),
    *row("counter-lag", {"before 1": both(P), "after 1": both(P), "after 4": both(P)}),
    *row("counter-reset", {"before 1": both(U), "after 1": both(U), "after 4": both(U)}),
    *row("completed-early", {"before 1": both(P), "after 1": both(P), "at 3": both(P)}),
    *row("job-vanishes", {"before 1": both(P), "after 1": both(P), "after 4": both(P)}),
    *row("other-printer", {"before 1": both(U), "after 1": both(U), "after 4": both(U)}),
    *row("media-empty", {"after 1": both(S)}, little=True),
    *row("media-empty", {"after 1": both(P)}, little=True, heal_ms=900),
    *row("jam", {"after 1": both(S), "at 1": both(U)}, little=True),
    *row("abort", {"after 1": both(S)}, little=True),
    *row("cancel", {"after 1": both(S)}, little=True),
    *row("stall", {"after 1": both(S)}, little=True),
    *row("power-cycle", {"after 1": both(U)}, little=True),
    *row("cable-out", {"after 1": both(U)}, little=True),
    *row("cable-out", {"after 1": both(P, S)}, little=True, heal_ms=900),
    *row("net-hang", {"after 1": both(U)}, little=True),
    *row("toner-low", {"before 1": both(P), "after 4": both(P)}),
]


def asked(operation, *rows):
    return [Cell(what, operation, tuple(command.format(operation) for command in commands),
                 right=right) for what, right, *commands in rows]


TALK = [
    Cell("nothing", "at all", right=both(P)),
    Cell("not accepting", "before", ("accepting 0",), right=both(R)),
    Cell("paused", "before", ("state stopped",), right=both(R)),
    Cell("no paper", "before", ("reasons media-empty-error",), right=both(R)),
    Cell("unreachable", "before", ("net refuse",), right=both(R)),
    Cell("silent", "before", ("net hang",), right=both(R)),
    Cell("no counter", "before", ("counter absent",), right=both(U)),
    Cell("nothing, little memory", "at all", ("buffer 1",), right=both(P)),
    Cell("document cut off", "in the middle", ("drop 600000",), right=both(S, R)),
    Cell("document cut off", "at once", ("drop 1000",), right=both(R)),
    *asked("Create-Job",
           ("answer lost", both(R), "lose {} 1"), ("connection reset", both(R), "refuse {} 1"),
           ("busy", both(R), "fail {} 507 1"), ("refused", both(R), "fail {} 400 1"),
           ("says busy, but does it", both(R, U), "lie {} 507 1"),
           ("answer is noise", both(R), "babble {} 1"), ("late", both(R, P), "delay {} 150 1")),
    *asked("Send-Document",
           ("answer lost", both(P), "lose {} 1"), ("connection reset", both(R), "refuse {} 1"),
           ("refused", both(R), "fail {} 40a 1"),
           ("says refused, but does it", both(R, S, U, P), "lie {} 40a 1"),
           ("answer is noise", both(P), "babble {} 1"),
           ("late", both(P, R), "delay {} 150 1")),
    *asked("Get-Jobs",
           ("connection reset", both(P), "refuse {} 2"), ("refused", both(P), "fail {} 500 2"),
           ("answer is noise", both(P), "babble {} 2"), ("late", both(P), "delay {} 400 2")),
    *asked("Get-Printer-Attributes",
           ("connection reset", both(P), "refuse {} 1"), ("late", both(P, R), "delay {} 400 1")),
    *asked("Cancel-Job",
           ("connection reset", both(S), "plan page=1 after fault=stall", "refuse {} 2"),
           ("refused", both(S), "plan page=1 after fault=stall", "fail {} 500 2"),
           ("answer lost", both(S), "plan page=1 after fault=stall", "lose {} 2"),
           ("late", both(S), "plan page=1 after fault=stall", "delay {} 150 2")),
]

KILLS = [
    *(Cell("kiosk killed", moment, kill="issue", when="end", options=("--die-at", phase),
           right=both(right))
      for moment, phase, right in (
          ("reserving", "baseline", R), ("bound", "rendering", R), ("rendered", "recheck", R),
          ("before sending", "submitting", R), ("sent", "watching", KEPT),
          ("first reading", "first-reading", KEPT), ("second reading", "second-reading", KEPT))),
    *(Cell("kiosk killed", moment, kill="issue", when=when, right=both(*right))
      for moment, when, right in (
          ("sending", "phase:submitting", (R, KEPT, S, U)), ("after 1", "side:1", (KEPT, S)),
          ("after 3", "side:3", (KEPT,)), ("after 4", "side:4", (KEPT, P)))),
]
SPOOLER_KILLS = [Cell("cupsd killed", moment, kill="cupsd", when=when, right=both(P, R, S, U))
                 for moment, when in (
                     ("bound", "phase:rendering"), ("submitting", "phase:submitting"),
                     ("watching", "phase:watching"), ("after 1", "side:1"), ("after 2", "side:2"),
                     ("after 3", "side:3"), ("after 4", "side:4"),
                     ("first reading", "phase:first-reading"))]


TABLES = (PAPER, TALK, KILLS + SPOOLER_KILLS)


def cells_of(way):
    """The long ones first, so that they do not come last."""
    cells = PAPER + TALK + KILLS + (SPOOLER_KILLS if way == "queue" else [])
    return sorted(cells, key=lambda cell: U not in cell.right[way])


assert PAGE_MS < 100, "`for a while` must end within the budget"
