/* Results and refusals that the loop words: each stands once on the overview. */
#pragma once

static const char *const notices[] = {
    "menu.pin.wrong",      "menu.pin.wait",        "menu.pin.locked",
    "menu.pin.failed",     "menu.pin.late",        "menu.greeting",
    "menu.greeting.first", "menu.not-now",         "menu.failed",
    "menu.late",           "menu.tests.passed",    "menu.tests.failed",
    "menu.reader.answers", "menu.reader.silent",   "menu.service.out",
    "menu.service.in",     "menu.printer.resumed", "menu.printer.not-resumed",
    "menu.setting.placed", "menu.setting.kept",   "menu.loaded",          "menu.next.taken",
    "menu.spoiled",        "menu.code.wrong",      "menu.enrolled",
    "menu.member.added",   "menu.member.unlocked", "menu.ending",
    "menu.field.short",    "menu.field.range",     "menu.field.weak",
    "menu.field.differs",  "menu.field.refused",   "menu.counted",
    "menu.counted.differs", "menu.lost",           "menu.destroyed",
    "menu.settled.printed", "menu.settled.spoiled", "menu.settled.void",
    "menu.settled.delivered", "menu.settled.theirs", "menu.settle.unreported",
    "menu.settle.not-waiting", "menu.print.not-ready", "menu.print.done",
    "menu.stick.done", "menu.stick.busy", "menu.print.stopped", "menu.offset.impossible", "menu.sound.played", "menu.sound.none",
    "menu.panel.ok", "menu.panel.silent", "menu.panel.unseen",
};
