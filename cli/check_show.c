/* SPDX-License-Identifier: MIT */
/*
 * What is told of checks: a table that is kept up to date where a terminal
 * can, lines elsewhere, and an answer for machines. What checks print goes to
 * standard output, when they have ended and one after the other.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/check.h"
#include "cli/output.h"

struct totals {
	size_t states[UNIT_RERUN + 1]; /* of those that ran, and of hits */
	size_t failed, left;
	int64_t spared;
};

static bool check_show_failed(const struct check *check)
{
	return check->progress == CHECK_FAILED ||
	       check->progress == CHECK_TIMED_OUT;
}

static void check_show_count(struct totals *totals, const struct checks *checks)
{
	memset(totals, 0, sizeof(*totals));
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->list[i];

		if (check->progress == CHECK_LEFT) {
			totals->left++;
			continue;
		}
		totals->failed += check_show_failed(check);
		totals->states[check->state]++;
		totals->spared += check->spared;
	}
}

/* How far it is, for people; in a static buffer. */
static const char *progress_text(const struct check *check)
{
	static char text[512];
	const char *took = duration_text(check->duration);

	switch (check->progress) {
	case CHECK_WAITING:
		return "waiting";
	case CHECK_SKIPPED:
		snprintf(text, sizeof(text), "%s spared",
			duration_text(check->spared));
		return text;
	case CHECK_RUNNING:
		return check->reason ? check->reason : "running";
	case CHECK_PASSED:
		snprintf(text, sizeof(text), "passed, %s", took);
		return text;
	case CHECK_FAILED:
		if (WIFSIGNALED(check->status))
			snprintf(text, sizeof(text), "failed by signal %d, %s",
				WTERMSIG(check->status), took);
		else
			snprintf(text, sizeof(text), "failed with %d, %s",
				WEXITSTATUS(check->status), took);
		return text;
	case CHECK_TIMED_OUT:
		snprintf(text, sizeof(text),
			"failed, ended after its time of %g s",
			check->config->timeout);
		return text;
	case CHECK_STOPPED:
		return "stopped";
	case CHECK_LEFT:
		break;
	}
	return "not run";
}

/* The terminal's; 0 where it does not say. */
static void measure(unsigned *width, unsigned *height)
{
	struct winsize size = {0};

	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	*width = size.ws_col;
	*height = size.ws_row;
}

static size_t name_width(const struct checks *checks)
{
	size_t widest = 0;

	for (size_t i = 0; i < checks->count; i++) {
		size_t n = strlen(checks->list[i].config->name);

		widest = n > widest ? n : widest;
	}
	return widest;
}

/* Cuts a row to a width, between characters. */
static void cut(char *row, size_t width)
{
	size_t at = 0, columns = 0;

	for (; row[at]; at++) {
		bool begins = (row[at] & 0xc0) != 0x80;

		/* A control character could move about. */
		if ((unsigned char)row[at] < ' ')
			row[at] = '?';
		if (begins && columns++ == width)
			break;
	}
	row[at] = '\0';
}

static void write_row(FILE *to, const struct checks *checks,
	const struct check *check, unsigned width)
{
	bool begun = check->progress != CHECK_WAITING &&
		     check->progress != CHECK_LEFT;
	enum colour which = check_show_failed(check)           ? COLOUR_YELLOW
			    : check->progress == CHECK_RUNNING ? COLOUR_BOLD
							       : COLOUR_NONE;
	char row[1024];

	snprintf(row, sizeof(row), "  %-*s  %-8s  %-5s  %s",
		(int)name_width(checks), check->config->name,
		check_phase_name(check->config->phase),
		begun ? unit_state_name(check->state) : "",
		progress_text(check));
	/* A full last column would wrap in some terminals. */
	cut(row, width > 1 ? width - 1 : 79);
	fprintf(to, "\033[2K%s%s%s\n", colour(true, which), row,
		colour(true, COLOUR_NONE));
}

/* Who knows where lines are after they were wrapped anew. */
static bool is_above(const struct check_show *show, unsigned width)
{
	return show->lines && width == show->width;
}

static void rub_out(struct check_show *show)
{
	unsigned width, height;

	measure(&width, &height);
	if (is_above(show, width))
		fprintf(stderr, "\r\033[%uA\033[J", show->lines);
	show->lines = 0;
}

static void check_show_draw(
	struct check_show *show, const struct checks *checks)
{
	unsigned width, height;
	size_t size;
	char *bytes = NULL;
	FILE *to;

	measure(&width, &height);
	if (height && checks->count + 1 >= height) {
		rub_out(show);
		show->live = false;
		return;
	}
	to = open_memstream(&bytes, &size);
	if (!to)
		return;
	if (is_above(show, width))
		fprintf(to, "\r\033[%uA", show->lines);
	for (size_t i = 0; i < checks->count; i++)
		write_row(to, checks, &checks->list[i], width);
	fputs("\033[J", to);
	fclose(to);
	fwrite(bytes, 1, size, stderr);
	free(bytes);
	show->lines = (unsigned)checks->count;
	show->width = width;
}

void check_show_begin(struct check_show *show, const struct checks *checks)
{
	const char *term = getenv("TERM");

	show->live = !show->quiet && isatty(STDERR_FILENO) && term && *term &&
		     strcmp(term, "dumb") != 0;
	if (show->live)
		check_show_draw(show, checks);
}

/* What it printed, below its name. */
static void copy_output(
	const struct check_show *show, const struct check *check)
{
	FILE *to = show->json ? stderr : stdout;
	char bytes[4096], last = '\n';
	size_t n;

	rewind(check->output);
	n = fread(bytes, 1, sizeof(bytes), check->output);
	if (!n)
		return;
	fprintf(to, "== %s\n", check->config->name);
	for (; n; n = fread(bytes, 1, sizeof(bytes), check->output)) {
		fwrite(bytes, 1, n, to);
		last = bytes[n - 1];
	}
	if (last != '\n')
		putc('\n', to);
	fflush(to);
}

/* What it did that is worth a line. */
static void check_show_tell(const struct check *check)
{
	const struct check_told *told = check->told;

	if (told && *told->problem)
		note("%s: %s", check->config->name, told->problem);
	if (!told || !*told->rewrote)
		return;
	if (check->config->phase == PHASE_MUTATING)
		note("%s: %s; it runs again next time", check->config->name,
			told->rewrote);
	else
		note("%s: %s; it runs again next time. With the phase "
		     "\"mutating\" in 'ftrace.json' it would run before other "
		     "checks read what it changes",
			check->config->name, told->rewrote);
}

static bool check_show_is_over(const struct check *check)
{
	return check->progress == CHECK_PASSED ||
	       check->progress == CHECK_STOPPED || check_show_failed(check);
}

static void tell_line(const struct check *check)
{
	bool told = check->progress == CHECK_SKIPPED ||
		    check->progress == CHECK_RUNNING;

	note("%s: %s%s%s", check->config->name,
		told ? unit_state_name(check->state) : "", told ? ", " : "",
		progress_text(check));
}

void check_show_progress(struct check_show *show, const struct checks *checks,
	const struct check *check)
{
	if (show->live && check_show_is_over(check))
		rub_out(show);
	if (check_show_is_over(check)) {
		if (check->output && (check_show_failed(check) || !show->quiet))
			copy_output(show, check);
		check_show_tell(check);
	}
	if (show->live)
		check_show_draw(show, checks);
	else if (!show->quiet || check_show_failed(check))
		tell_line(check);
}

static void check_show_print_json(
	const struct checks *checks, const struct totals *totals)
{
	static const char *const outcomes[] = {[CHECK_PASSED] = "passed",
		[CHECK_FAILED] = "failed",
		[CHECK_TIMED_OUT] = "timeout",
		[CHECK_STOPPED] = "stopped"};
	cJSON *json = json_new(), *list, *item;

	list = cJSON_AddArrayToObject(json, "checks");
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->list[i];

		item = cJSON_CreateObject();
		cJSON_AddItemToArray(list, item);
		cJSON_AddStringToObject(item, "name", check->config->name);
		cJSON_AddStringToObject(
			item, "phase", check_phase_name(check->config->phase));
		cJSON_AddBoolToObject(item, "ran", check_show_is_over(check));
		if (check->progress != CHECK_LEFT)
			cJSON_AddStringToObject(
				item, "state", unit_state_name(check->state));
		if (check->progress != CHECK_LEFT && check->reason)
			cJSON_AddItemToObject(
				item, "reason", json_bytes(check->reason));
		if (check->told && *check->told->rewrote)
			cJSON_AddItemToObject(item, "rewrote",
				json_bytes(check->told->rewrote));
		if (check->progress != CHECK_LEFT)
			cJSON_AddNumberToObject(
				item, "spared_us", (double)check->spared);
		if (!check_show_is_over(check))
			continue;
		cJSON_AddStringToObject(
			item, "outcome", outcomes[check->progress]);
		cJSON_AddNumberToObject(item, "status", check_exit(check));
		cJSON_AddNumberToObject(
			item, "duration_us", (double)check->duration);
	}
	item = cJSON_AddObjectToObject(json, "totals");
	for (int i = 0; i <= UNIT_RERUN; i++)
		cJSON_AddNumberToObject(item,
			unit_state_name((enum unit_state)i),
			(double)totals->states[i]);
	cJSON_AddNumberToObject(item, "failed", (double)totals->failed);
	cJSON_AddNumberToObject(item, "left", (double)totals->left);
	cJSON_AddNumberToObject(item, "spared_us", (double)totals->spared);
	cJSON_AddNumberToObject(json, "duration_us",
		(double)((check_clock() - checks->started) / 1000));
	json_print(json);
}

void check_show_end(struct check_show *show, const struct checks *checks)
{
	struct totals totals;
	char end[128] = "", spared[32];

	check_show_count(&totals, checks);
	if (show->json)
		check_show_print_json(checks, &totals);
	if (show->quiet)
		return;
	if (totals.failed)
		snprintf(end, sizeof(end), ", %zu failed", totals.failed);
	if (totals.left)
		snprintf(end + strlen(end), sizeof(end) - strlen(end),
			", %zu not run", totals.left);
	snprintf(spared, sizeof(spared), "%s", duration_text(totals.spared));
	note("%s%s: %s, %zu stale, %s, %s; %s spared, %s spent",
		counted(checks->count, "check", "checks"), end,
		counted(totals.states[UNIT_HIT], "hit", "hits"),
		totals.states[UNIT_STALE],
		counted(totals.states[UNIT_MISS], "miss", "misses"),
		counted(totals.states[UNIT_RERUN], "rerun", "reruns"), spared,
		duration_text((check_clock() - checks->started) / 1000));
}
