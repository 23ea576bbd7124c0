/* document_times RECORD.json QR-TEXT   makes PDFs in a process that stays alive
 *
 * For each line on standard input, a count: so many documents from the record's text to the PDF's
 * last byte, QR symbol included, each with other digits where the record and the QR text have
 * 7654321. Then one line of JSON: `ms` of wall clock and `cpu_ms` of processor time a document,
 * `draw_ms` of that from pages laid out to the PDF, `bytes` of the last PDF. At the end the most
 * memory that the process had, in KiB, and the part of it that is files. */
#include "tests/harness/record_way.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MARK "7654321"

static double clock_ms(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static char *number_text(const char *text, int number)
{
    char *copy = g_strdup(text), digits[16];
    g_snprintf(digits, sizeof digits, "%07d", number % 10000000);
    for (char *at = copy; (at = strstr(at, MARK)); at += strlen(MARK))
        memcpy(at, digits, strlen(MARK));
    return copy;
}

static gsize make_pdf(Document *document, const char *text, const char *qr_text, int number,
                      double *draw_ms)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *own_text = number_text(text, number);
    g_autofree char *own_qr_text = number_text(qr_text, number);
    g_autoptr(Record) record = record_parse(own_text, strlen(own_text), &error);
    g_autoptr(Pages) pages = record ? pages_create(document, record, &error) : NULL;
    if (!pages || !pages_set_issue(pages, own_qr_text, "D33000000001", &error))
        record_way_fail(error);
    double start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, &error);
    if (!pdf)
        record_way_fail(error);
    *draw_ms += clock_ms(CLOCK_PROCESS_CPUTIME_ID) - start;
    return g_bytes_get_size(pdf);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: document_times RECORD.json QR-TEXT\n");
        return 2;
    }
    g_autoptr(Document) document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    if (!document || !g_file_get_contents(argv[1], &text, NULL, &error))
        record_way_fail(error);
    char line[32];
    for (int number = 0; fgets(line, sizeof line, stdin);) {
        long count = strtol(line, NULL, 10);
        gsize bytes = 0;
        double draw = 0;
        double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        for (long i = 0; i < count; i++)
            bytes = make_pdf(document, text, argv[2], ++number, &draw);
        wall = clock_ms(CLOCK_MONOTONIC) - wall;
        cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        double documents = (double)MAX(count, 1);
        printf("{\"ms\": %.4f, \"cpu_ms\": %.4f, \"draw_ms\": %.4f, \"bytes\": %zu}\n",
               wall / documents, cpu / documents, draw / documents, bytes);
        fflush(stdout);
    }
    record_way_tell_memory();
    return 0;
}
