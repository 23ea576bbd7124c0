/* The n-th allocation and the n-th operation on a file fail, for n = 1, 2, 3 ..., while the service
 * reserves and hears reports. It may answer with a problem or die; what it answered stands, what it
 * did not answer is done wholly or not at all, and asking again gets the answer. */
#include "tests/unit/fail_nth.h"
#include "tests/unit/central_fixture.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

typedef struct {
    long seen;
    char answers[3][32]; /* to the reservation and two reports; "": none came */
} Shared;

/* A register as set_up leaves it, made once; each run has a copy, in memory where there is a place. */
static char *fresh, *made;
static gsize fresh_length;

static void set_up_once(void)
{
    const char *base = g_file_test("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir();
    set_up();
    store_close(g_steal_pointer(&store));
    ck_assert(g_file_get_contents(path, &fresh, &fresh_length, NULL));
    made = g_steal_pointer(&path);
    g_autofree char *folder = g_build_filename(base, "kiosk-register-XXXXXX", NULL);
    ck_assert_ptr_nonnull(g_mkdtemp(folder));
    path = g_build_filename(folder, "central.db", NULL);
}

static void tear_down_once(void)
{
    remove_database();
    g_free(path);
    path = g_steal_pointer(&made);
    g_free(fresh);
    tear_down();
}

static void keep(char ret[32], const char *word)
{
    g_strlcpy(ret, word, 32);
}

static void act(Shared *shared, const Wish *one)
{
    keep(shared->answers[0], asked(one));
    keep(shared->answers[1], told(1, "printed"));
    keep(shared->answers[2], told(1, "delivered"));
}

static void run_child(Shared *shared, FailWhat what, long n)
{
    Wish one;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    close(STDERR_FILENO); /* whoever finds no memory says so, and dies */
    wish(&one, "0001", 0, 1);
    if (what == FAIL_FILE)
        fail_arm(what, n); /* its start, too */
    reg.store = store = store_open(path, FALSE, NULL);
    if (what == FAIL_MALLOC)
        fail_arm(what, n);
    if (store)
        act(shared, &one);
    shared->seen = fail_state.seen;
    fail_arm(FAIL_NOTHING, 0);
    _exit(0);
}

static gboolean is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

/* What the register holds follows from what was answered; then the kiosk goes on asking. */
static void check(const Shared *shared)
{
    static const char *const all[] = {"", "201", "200", "in-progress", "restoring",
                                      "unknown-issuance", "invalid-request", NULL};
    Wish one;
    reg.store = store = store_open(path, FALSE, NULL);
    ck_assert_ptr_nonnull(store);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(is_one_of(shared->answers[i], all), "answer %d: %s", i, shared->answers[i]);
    Issuance found;
    ck_assert(store_find_issuance(store, "0001", "00000000-0000-4000-8000-000000000001", &found,
                                  NULL));
    if (!strcmp(shared->answers[0], "201"))
        ck_assert_int_ne(found.id, 0);
    if (!strcmp(shared->answers[1], "200"))
        ck_assert_int_ge(found.state, REGISTER_STATE_PRINTED);
    if (!strcmp(shared->answers[2], "200"))
        ck_assert_int_eq(found.state, REGISTER_STATE_DELIVERED);
    wish(&one, "0001", 0, 1);
    ck_assert_str_eq(asked(&one), "201");
    ck_assert_str_eq(told(1, "printed"), "200");
    ck_assert_str_eq(told(1, "delivered"), "200");
    json_t *list = store_list_issuances(store, NULL);
    ck_assert_uint_eq(json_array_size(list), 1);
    json_decref(list);
}

/* FALSE: there are fewer than `n` such calls. */
static gboolean meet(Shared *shared, FailWhat what, long n)
{
    int status = 0;
    memset(shared, 0, sizeof *shared);
    ck_assert(g_file_set_contents(path, fresh, (gssize)fresh_length, NULL));
    pid_t child = fork();
    if (child == 0)
        run_child(shared, what, n);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    int death = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ck_assert_msg(death == 0 || (what == FAIL_MALLOC && death != SIGKILL), "call %ld: signal %d", n,
                  death);
    check(shared);
    store_close(g_steal_pointer(&store));
    return WIFSIGNALED(status) || shared->seen >= n;
}

static long meet_all(FailWhat what)
{
    Shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    long n = 1;
    while (meet(shared, what, n))
        n++;
    munmap(shared, sizeof *shared);
    return n - 1;
}

START_TEST(what_was_answered_stands_whatever_file_operation_fails)
{
    long n = meet_all(FAIL_FILE);
    printf("service: %ld operations on files failed, one in each run\n", n);
    ck_assert_int_gt(n, 10);
}
END_TEST

START_TEST(what_was_answered_stands_whatever_allocation_fails)
{
    if (!FAIL_HAS_MALLOC)
        return;
    long n = meet_all(FAIL_MALLOC);
    printf("service: %ld allocations failed, one in each run\n", n);
    ck_assert_int_gt(n, 100);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("central_faults");
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, set_up_once, tear_down_once);
    tcase_add_test(tests, what_was_answered_stands_whatever_file_operation_fails);
    tcase_add_test(tests, what_was_answered_stands_whatever_allocation_fails);
    return testing_run(tests);
}
