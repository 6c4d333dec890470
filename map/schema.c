/* SPDX-License-Identifier: MIT */
#include "map/schema.h"

#include "map/map.h"
#include "map/sql.h"

/*
 * file: a path and what a stat last told of it; `dir` is set for a path that
 *	was not there and names the directory that would have to change first.
 * state: what an aspect of a file looked like to somebody; live: it still
 *	does, as of the file's identity.
 * readset, reads: the states a scope read. Scopes that read the same share a
 *	set.
 * scope: whatever was open while accesses were recorded. A unit's scope is
 *	replaced when it runs again; others stay while a unit reaches them.
 *	digest: see map/recording_key.h; a scope that is recorded again just as
 *	it was is not stored again.
 *	latest: the newest scope of its name (collection only).
 * uses: the second kind of edge.
 * makes: the third, where kinds has KIND_MAKER. Without, the row tells only of
 *	an access that nothing depends on: to a file that the session made
 *	itself, or to a compiled file that stands for a source.
 */
static const char version_1[] =
	"CREATE TABLE file ("
	" id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,"
	" inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER,"
	" mode INTEGER, seen INTEGER, dir INTEGER);"
	"CREATE TABLE state ("
	" id INTEGER PRIMARY KEY, file INTEGER NOT NULL,"
	" aspect INTEGER NOT NULL, block BLOB NOT NULL, print BLOB NOT NULL,"
	" live INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX state_of_file"
	" ON state (file, aspect, block, print);"
	"CREATE TABLE readset ("
	" id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE);"
	"CREATE TABLE reads ("
	" readset INTEGER NOT NULL, state INTEGER NOT NULL,"
	" kinds INTEGER NOT NULL,"
	" PRIMARY KEY (readset, state)) WITHOUT ROWID;"
	"CREATE INDEX reads_of_state ON reads (state, readset);"
	"CREATE TABLE scope ("
	" id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name BLOB NOT NULL,"
	" session INTEGER NOT NULL, readset INTEGER NOT NULL,"
	" latest INTEGER NOT NULL, incomplete TEXT, digest BLOB NOT NULL);"
	"CREATE INDEX scope_of_digest ON scope (digest);"
	"CREATE INDEX scope_of_readset ON scope (readset);"
	"CREATE INDEX scope_of_name ON scope (kind, name);"
	"CREATE TABLE unit ("
	" scope INTEGER PRIMARY KEY, runner TEXT NOT NULL, id BLOB NOT NULL,"
	" outcome TEXT, duration INTEGER, UNIQUE (runner, id));"
	"CREATE TABLE uses ("
	" scope INTEGER NOT NULL, used INTEGER NOT NULL,"
	" PRIMARY KEY (scope, used)) WITHOUT ROWID;"
	"CREATE INDEX uses_of_used ON uses (used, scope);"
	"CREATE TABLE makes ("
	" scope INTEGER NOT NULL, file INTEGER NOT NULL,"
	" kinds INTEGER NOT NULL, session INTEGER NOT NULL,"
	" PRIMARY KEY (scope, file)) WITHOUT ROWID;"
	"CREATE INDEX makes_of_file ON makes (file, scope);"
	"CREATE TABLE session ("
	" id INTEGER PRIMARY KEY, started INTEGER NOT NULL,"
	" duration INTEGER NOT NULL, command BLOB NOT NULL,"
	" status INTEGER NOT NULL);";

/*
 * source: see map/source.h; file.source is that of the text it has,
 * file.loaded of the text that a run loaded last (-1: nobody knows). Rows of
 * source that no file and no state of code needs any more are swept.
 * interpreter: who took sources apart; the newest one does.
 */
static const char version_2[] =
	"CREATE TABLE source ("
	" id INTEGER PRIMARY KEY, content BLOB NOT NULL, tag TEXT NOT NULL,"
	" problem TEXT, skeleton BLOB NOT NULL, outline BLOB NOT NULL,"
	" blocks BLOB NOT NULL, UNIQUE (content, tag));"
	"CREATE INDEX source_of_skeleton ON source (skeleton);"
	"CREATE TABLE interpreter ("
	" id INTEGER PRIMARY KEY, tag TEXT NOT NULL UNIQUE,"
	" path BLOB NOT NULL);"
	"ALTER TABLE file ADD COLUMN source INTEGER;"
	"ALTER TABLE file ADD COLUMN loaded INTEGER;";

/* What audits found, which a run that stores its units takes over. */
static const char version_3[] =
	"CREATE INDEX reads_audited ON reads (readset, state)"
	" WHERE kinds & " SQL_KIND_AUDITED ";";

/*
 * bodies: functions that an edit left alone need not be compiled again.
 * command: those that have run, each in a directory, and of which the map has
 * all tests.
 */
static const char version_4[] =
	"ALTER TABLE source ADD COLUMN bodies BLOB;"
	"CREATE TABLE command ("
	" line BLOB NOT NULL, directory BLOB NOT NULL,"
	" PRIMARY KEY (line, directory)) WITHOUT ROWID;";

/*
 * flaky: units that ended both ways while nothing that they depend on had
 * changed, and how often they ended how since that is known; part: a case of
 * the unit that only a report tells of, empty for the unit itself.
 * test_case: how those ended last.
 * escaped: tests that an edit broke and that were not selected, and the files
 * that had changed; missing: the test read it, and the map did not know.
 * duration of a command: microseconds that it took when all of it ran.
 * left_file: files with tests that a command, by its last run of all that it
 * has, does not collect.
 * smoke: prints of changes that affect nothing, after which the smoke units
 *	have run.
 */
static const char version_5[] =
	"CREATE TABLE flaky ("
	" runner TEXT NOT NULL, id BLOB NOT NULL, part BLOB NOT NULL,"
	" since INTEGER NOT NULL, latest INTEGER NOT NULL,"
	" passed INTEGER NOT NULL, failed INTEGER NOT NULL,"
	" PRIMARY KEY (runner, id, part)) WITHOUT ROWID;"
	"CREATE TABLE test_case ("
	" runner TEXT NOT NULL, id BLOB NOT NULL, part BLOB NOT NULL,"
	" outcome TEXT NOT NULL, duration INTEGER,"
	" PRIMARY KEY (runner, id, part)) WITHOUT ROWID;"
	"CREATE TABLE escaped ("
	" id INTEGER PRIMARY KEY, found INTEGER NOT NULL,"
	" runner TEXT NOT NULL, unit BLOB NOT NULL, why TEXT NOT NULL);"
	"CREATE TABLE escaped_file ("
	" escaped INTEGER NOT NULL, path BLOB NOT NULL,"
	" missing INTEGER NOT NULL,"
	" PRIMARY KEY (escaped, path)) WITHOUT ROWID;"
	"ALTER TABLE command ADD COLUMN duration INTEGER;"
	"CREATE TABLE left_file ("
	" line BLOB NOT NULL, directory BLOB NOT NULL, file BLOB NOT NULL,"
	" PRIMARY KEY (line, directory, file)) WITHOUT ROWID;"
	"CREATE TABLE smoke ("
	" digest BLOB PRIMARY KEY) WITHOUT ROWID;";

/*
 * command: line is what a command is compared by, which was its words. given:
 * those, when it last ran as a whole; ran: when that was; runner: who told of
 * its tests, NULL where it is one unit.
 * place of a unit: where it ran, as a command's directory.
 */
static const char version_6[] = "DELETE FROM command; DELETE FROM left_file;"
				"ALTER TABLE command ADD COLUMN given BLOB;"
				"ALTER TABLE command ADD COLUMN runner TEXT;"
				"ALTER TABLE command ADD COLUMN ran INTEGER;"
				"ALTER TABLE unit ADD COLUMN place BLOB;";

/*
 * listing: what discovery saw in a directory and passed by there; pattern: the
 * globs that test files match; label: what people call some units. These were
 * scopes of three kinds, of which no unit depends on two and one read nothing.
 */
#define FORMER_LISTING "6"
#define FORMER_PATTERN "7"
#define FORMER_LABEL "12"
static const char version_7[] =
	"CREATE TABLE listing ("
	" id INTEGER PRIMARY KEY, directory BLOB NOT NULL UNIQUE,"
	" readset INTEGER NOT NULL);"
	"CREATE INDEX listing_of_readset ON listing (readset);"
	"CREATE TABLE pattern (glob BLOB PRIMARY KEY) WITHOUT ROWID;"
	"CREATE TABLE label ("
	" scope INTEGER NOT NULL, name BLOB NOT NULL,"
	" PRIMARY KEY (scope, name)) WITHOUT ROWID;"
	"INSERT OR REPLACE INTO listing (directory, readset)"
	" SELECT name, readset FROM scope WHERE kind = " FORMER_LISTING
	" AND latest = 1;"
	"INSERT OR IGNORE INTO pattern"
	" SELECT name FROM scope WHERE kind = " FORMER_PATTERN
	" AND latest = 1;"
	"INSERT OR IGNORE INTO label SELECT uses.scope, scope.name"
	" FROM uses JOIN scope ON scope.id = uses.used WHERE scope.kind "
	"= " FORMER_LABEL ";"
	"CREATE TEMP TABLE former AS"
	" SELECT id FROM scope WHERE kind IN (" FORMER_LISTING
	", " FORMER_PATTERN ", " FORMER_LABEL ");"
	"DELETE FROM uses WHERE scope IN former OR used IN former;"
	"DELETE FROM makes WHERE scope IN former;"
	"DELETE FROM scope WHERE id IN former; DROP TABLE temp.former;";

/*
 * Results that are not the newest of their unit, and what they depend on: see
 * map/former.h. former: such a result, by its scope; ran: when it was last the
 * newest one. former_scope: their scopes, under the numbers that they have as
 * scopes, which no other scope gets; made: files of which it was the maker.
 * former_set: what was scope's readset. Lists are packed (map/packed.h).
 * former of a state: nobody but these has read it.
 * recalled of a unit: it did not run since another result was the newest one,
 * but this one fitted again; it is when it had been the newest one last.
 * members of a scope: the units that were collected from it, NULL where that
 * may not be all.
 * tally: what is counted for people.
 */
static const char version_8[] =
	"ALTER TABLE state ADD COLUMN former INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE scope ADD COLUMN members BLOB;"
	"ALTER TABLE unit ADD COLUMN recalled INTEGER;"
	"CREATE TABLE former ("
	" scope INTEGER PRIMARY KEY, runner TEXT NOT NULL, id BLOB NOT NULL,"
	" outcome TEXT NOT NULL, duration INTEGER, place BLOB,"
	" labels BLOB NOT NULL, ran INTEGER NOT NULL);"
	"CREATE INDEX former_of_unit ON former (runner, id, ran);"
	"CREATE TABLE former_scope ("
	" id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name BLOB NOT NULL,"
	" session INTEGER NOT NULL, digest BLOB NOT NULL,"
	" content INTEGER NOT NULL, uses BLOB NOT NULL, made BLOB NOT NULL,"
	" members BLOB);"
	"CREATE INDEX former_scope_of_digest ON former_scope (digest);"
	"CREATE TABLE former_set ("
	" id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,"
	" reads BLOB NOT NULL);"
	"CREATE TABLE tally ("
	" name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;";

/* migrations[n] takes a map of version n to version n + 1. */
static const char *const migrations[MAP_VERSION] = {version_1, version_2,
	version_3, version_4, version_5, version_6, version_7, version_8};

static int is_empty(struct map *map, int64_t *empty, struct err *err)
{
	return sql_number(
		map, "SELECT count(*) = 0 FROM sqlite_schema", empty, err);
}

static int migrate(struct map *map, int64_t version, struct err *err)
{
	char *sql;
	int code = sql_run(map, "BEGIN IMMEDIATE", err);

	if (code < 0)
		return code;
	/* Somebody else may have done it while we waited for the lock. */
	code = sql_number(map, "PRAGMA user_version", &version, err);
	for (; code == 0 && version < MAP_VERSION; version++)
		code = sql_run(map, migrations[version], err);
	if (code == 0) {
		sql = sqlite3_mprintf("PRAGMA application_id = %d;"
				      "PRAGMA user_version = %d; COMMIT",
			MAP_APPLICATION, MAP_VERSION);
		code = sql_run(map, sql, err);
		sqlite3_free(sql);
	}
	if (code < 0)
		sqlite3_exec(map->db, "ROLLBACK", NULL, NULL, NULL);
	return code;
}

struct head {
	int64_t application, version, empty;
};

/* In one transaction: somebody else may be making the map. */
static int schema_read_head(struct head *head, struct map *map, struct err *err)
{
	int code = map_enter(map, err);

	if (code < 0)
		return code;
	code = sql_number(
		map, "PRAGMA application_id", &head->application, err);
	if (code == 0)
		code = sql_number(
			map, "PRAGMA user_version", &head->version, err);
	if (code == 0)
		code = is_empty(map, &head->empty, err);
	map_leave(map, NULL);
	return code;
}

/* Whether it is a map, and of a version that is known. */
static int check_head(const struct head *head, struct map *map, struct err *err)
{
	if (!head->empty && head->application != MAP_APPLICATION)
		return err_set(err, MAP_BROKEN,
			"'%s/" MAP_PATH "' is not an ftrace map; remove it "
			"and record again",
			map->root);
	if (head->version < 0)
		return map_damaged(map, "its version is negative", err);
	if (head->version > MAP_VERSION)
		return err_set(err, MAP_BROKEN,
			"map '%s/" MAP_PATH "' is of version %lld and this "
			"ftrace reads up to %d; use the newer ftrace, or "
			"remove the map and record again",
			map->root, (long long)head->version, MAP_VERSION);
	return 0;
}

int schema_check(struct map *map, struct err *err)
{
	struct head head = {0};
	int code = schema_read_head(&head, map, err);

	return code < 0 ? code : check_head(&head, map, err);
}

int schema_prepare(struct map *map, struct err *err)
{
	struct head head = {0};
	int code = schema_read_head(&head, map, err);

	if (code == 0)
		code = check_head(&head, map, err);
	if (code < 0)
		return code;
	if (head.empty && map->read_only)
		return err_set(err, MAP_BROKEN,
			"map '%s/" MAP_PATH "' is empty; record again",
			map->root);
	if (head.version < MAP_VERSION && map->read_only)
		return err_set(err, MAP_BROKEN,
			"map '%s/" MAP_PATH "' is of version %lld and cannot "
			"be migrated where it cannot be written",
			map->root, (long long)head.version);
	return head.version < MAP_VERSION ? migrate(map, head.version, err) : 0;
}
