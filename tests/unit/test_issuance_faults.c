/* The n-th allocation and the n-th operation on a file fail, for n = 1, 2, 3 ..., somewhere in an
 * issuance, or in the recovery of one that a crash has interrupted. The process may die of it (GLib does when there is no memory), or give up; after the
 * next start everything is settled, nothing was printed twice, and the chain verifies. */
#include "tests/unit/fail_nth.h"
#include "tests/unit/issuance_world_check.h"
#include "tests/testing.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CHECK_EXIT 2 /* Check, whose asserts allocate too, ends so */

static const struct {
    const char *name;
    Script script;
} courses[] = {
    {"prints", SCRIPT(.citizen = CITIZEN_TAKES)},
    {"jams after page 2", SCRIPT(.prints = 2, .job_end = JOB_STATE_ABORTED)},
    {"booklet is not taken", SCRIPT(.citizen = CITIZEN_LEAVES)},
    {"refused", SCRIPT(.refusal = PROBLEM_ACTION_RELEASE)},
    {"recovers behind the job", SCRIPT(.stop_at = 4)},
    {"recovers a print", SCRIPT(.stop_at = 5)},
};

/* In a process of its own: what the world knows is in shared memory, also when it dies. */
static void run_child(World *w, FailWhat what, long n, long *ret_seen)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    close(STDERR_FILENO); /* whoever finds no memory says so, and dies */
    gboolean recovers = w->appends > 0;
    gboolean early = recovers && what == FAIL_FILE; /* its start may fail, too */
    if (early)
        fail_arm(what, n);
    w->ledger = ledger_open(w->path, JOURNAL_WRITE, NULL, NULL);
    if (!early)
        fail_arm(what, n);
    if (w->ledger && recovers)
        world_recover(w);
    else if (w->ledger)
        world_issue(w);
    *ret_seen = fail_state.seen;
    fail_arm(FAIL_NOTHING, 0);
    _exit(0);
}

typedef struct {
    World world;
    long seen;
} Shared;

/* FALSE: the course has fewer than `n` such calls. */
static gboolean meet(Shared *shared, Script script, FailWhat what, long n)
{
    World *w = &shared->world;
    int status = 0;
    script.disk_fails = TRUE;
    world_init(w, script);
    if (script.stop_at)
        world_issue(w);
    ledger_close(g_steal_pointer(&w->ledger));
    shared->seen = 0;
    pid_t child = fork();
    if (child == 0)
        run_child(w, what, n, &shared->seen);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    int death = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    gboolean no_memory = death == SIGTRAP || death == SIGABRT || death == CHECK_EXIT;
    ck_assert_msg(death == 0 || (what == FAIL_MALLOC && no_memory), "call %ld: ended with %d", n,
                  death);
    w->ledger = NULL;
    world_restart(w);
    world_check(w);
    world_clear(w);
    return death != 0 || shared->seen >= n;
}

static Shared *share(void)
{
    Shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    return shared;
}

START_TEST(an_issuance_is_settled_whatever_file_operation_fails)
{
    Shared *shared = share();
    long n = 1;
    while (meet(shared, courses[_i].script, FAIL_FILE, n))
        n++;
    printf("%-24s %4ld operations on files failed, one in each run\n", courses[_i].name, n - 1);
    ck_assert_int_gt(n, 6);
    munmap(shared, sizeof *shared);
}
END_TEST

START_TEST(an_issuance_is_settled_whatever_allocation_fails)
{
    Shared *shared = share();
    long n = 1;
    while (FAIL_HAS_MALLOC && meet(shared, courses[_i].script, FAIL_MALLOC, n))
        n++;
    printf("%-24s %4ld allocations failed, one in each run\n", courses[_i].name, n - 1);
    if (FAIL_HAS_MALLOC)
        ck_assert_int_gt(n, 50);
    munmap(shared, sizeof *shared);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("issuance_faults");
    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, an_issuance_is_settled_whatever_file_operation_fails, 0,
                        G_N_ELEMENTS(courses));
    tcase_add_loop_test(tests, an_issuance_is_settled_whatever_allocation_fails, 0,
                        G_N_ELEMENTS(courses));
    return testing_run(tests);
}
