/* SPDX-License-Identifier: MIT */
/*
 * What the interposer writes and the tracer folds. A record lies in a chunk
 * of the arena (wire/arena.h), on an 8-byte boundary. `commit` is written
 * last, with release order: a record whose commit word is 0 was cut short by
 * the death of its process. All numbers are in the machine's own byte order:
 * an arena never leaves the machine, nor outlives its session.
 */
#ifndef FTRACE_WIRE_RECORD_H
#define FTRACE_WIRE_RECORD_H

#include <stdatomic.h>
#include <stdint.h>

enum record_type {
	RECORD_ACCESS = 1, /* text: block, then path; access: its kind */
	RECORD_HELLO,      /* an executed image started; text: its AT_EXECFN;
			      number: the exec's serial */
	RECORD_EXEC,  /* about to execute; text: the path; number: serial */
	RECORD_WORDS, /* what that exec's program is told; text: the folder it
			 is started in, where the follower tells, then its
			 words, NUL behind each, cut at RECORD_WORDS_MAX;
			 number: serial */
	RECORD_EXEC_FAILED, /* the exec with that number did not happen */
	RECORD_SCOPE,       /* number: the new scope; text: "kind/name" */
	RECORD_USE,         /* the scope uses the scope named in the text */
	RECORD_OUTCOME,     /* text: "word" or "word/microseconds" */
	RECORD_RENAME,      /* text: old path, then new path */
	RECORD_FORKED,      /* a forked child began */
	RECORD_EXIT,        /* the image ended; number: its exit status; text:
			       microseconds that it took, of one followed */
	RECORD_LOST,        /* the scope is incomplete; text: the reason */
	RECORD_LINK,   /* text: a target, then the path of a symbolic link to
			  it: made with RECORD_MADE, otherwise about to go */
	RECORD_SEARCH, /* the loader had directories of its own to search;
			  text: LD_LIBRARY_PATH, then the working directory */
	RECORD_OBJECT, /* the loader mapped it, in this order, the program
			  first; after RECORD_SEARCH; text: words, then path */
	RECORD_CODE,   /* what marks say of code; text: the mark's argument */
	RECORD_ENTER,
	RECORD_CALL, /* one function leads to another */
	RECORD_MAY,  /* of a kept thing, in case */
	RECORD_SOURCE,
	RECORD_COARSE,
	RECORD_INTERPRETER,
	RECORD_ENV,  /* the scope depends on the variable in the text */
	RECORD_KEPT, /* what it computed may be kept; text: the argument */
	RECORD_TYPES
};

/* What a word of an object says: one of these, the string and a NUL. */
enum object_word {
	WORD_NEEDED = 'n',  /* DT_NEEDED and its kin */
	WORD_RPATH = 'r',   /* DT_RPATH */
	WORD_RUNPATH = 'R', /* DT_RUNPATH */
	WORD_SONAME = 's',  /* DT_SONAME */
	WORD_PRELOAD = 'p', /* of the program: LD_PRELOAD */
};

enum record_flag {
	RECORD_NOFOLLOW = 1,  /* a final symbolic link is not followed */
	RECORD_MADE = 2,      /* the whole content is the writer's own */
	RECORD_DIRECTORY = 4, /* the path is a directory */
	RECORD_UNTRACED = 8,  /* this exec's program cannot be traced */
	RECORD_REFUSED = 16,  /* it failed, and not because nothing is there */
	RECORD_MUSL = 32,     /* this hello's loader was musl's */
	RECORD_SEEN = 64,     /* this hello's loader was itself observed */
	RECORD_LINKED = 128,  /* the call gave it one more name, which moves
				 its ctime and leaves its content */
	RECORD_LASTING = 256, /* of a loss: so is all that the image and its
				 forked children do from then on */
};

struct wire_record {
	_Atomic uint32_t commit; /* bytes to the next record, 0: not yet */
	uint8_t type;
	uint8_t access;
	uint16_t flags;
	uint32_t scope;
	uint32_t number;
	uint32_t head;  /* bytes of the text's first part */
	uint32_t size;  /* bytes of the text */
	uint64_t clock; /* orders the records of a session */
	char text[];    /* not NUL-terminated */
};

#define RECORD_ALIGN 8u

/* The reason of a RECORD_LOST: files may be opened without system calls. */
#define LOST_RING "it uses io_uring"

/* Bytes of a command's words that are kept. */
#define RECORD_WORDS_MAX 4096u

/* The scope of whatever no mark has claimed: the session's base. */
#define SCOPE_BASE 1u

static inline uint64_t record_bytes(uint64_t text)
{
	return (sizeof(struct wire_record) + text + RECORD_ALIGN - 1) &
	       ~(uint64_t)(RECORD_ALIGN - 1);
}

#endif
