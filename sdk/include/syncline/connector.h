/* clang-format off: the rules below are a table */
/* syncline/connector.h - the connector ABI, major 1.
 *
 * Pure C11 and C++11, no dependencies. This file is the contract between the hub and a connector;
 * the C++ layer in connector.hpp is a convenience over it.
 *
 * LAYOUT   Append-only inside a major. A growing struct starts with struct_size; its reader never
 *          touches bytes past the writer's struct_size (SYNCLINE_HAS). A break is a new major with
 * a new symbol. MEMORY   Every pointer is borrowed for the duration of the call, in both
 * directions. Nothing is ever freed across the boundary. Results leave through sinks; the receiver
 * copies. STRINGS  syncline_str is UTF-8 with a length, without a terminator. {NULL, 0} means
 * absent. THREADS  [any]  from any thread, concurrently. [inst] the host serialises calls of one
 * instance; the thread may change. [call] only between entry and return of the operation that
 * received it. FAILURE  No exception, longjmp, signal handler, fork, exit or abort may cross or
 * escape. File descriptors 0, 1 and 2 belong to the host: log with syncline_call.log, never print.
 */
/* clang-format on */
#ifndef SYNCLINE_CONNECTOR_H
#define SYNCLINE_CONNECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define SYNCLINE_NOEXCEPT noexcept
#else
#define SYNCLINE_NOEXCEPT
#endif

#define SYNCLINE_ABI_MAJOR 1u
#define SYNCLINE_ABI_MINOR 1u
#define SYNCLINE_MAGIC 0x434E5953u /* "SYNC", little endian */
#define SYNCLINE_EXPORT __attribute__((visibility("default")))

/* Did the writer of *p know this member, and set it? For pointers and integers. */
#define SYNCLINE_HAS(p, field)                                                            \
    ((p) && (p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field) && \
     (p)->field)
/* The same for members of type syncline_str: present when it points somewhere. */
#define SYNCLINE_HAS_STR(p, field)                                                        \
    ((p) && (p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field) && \
     (p)->field.data)

typedef struct syncline_str {
    const char* data;
    size_t len;
} syncline_str;

/* One configured connection; opaque, owned by the connector. */
typedef struct syncline_instance syncline_instance;

/* ---- outcomes --------------------------------------------------------------------------------
 * int32_t, so that codes of later minors survive: an unknown one is treated as INTERNAL. Each has
 * one consequence in the hub. */
typedef int32_t syncline_status;
enum {
    SYNCLINE_OK = 0,
    /* Settings wrong or missing: the connection rests until its configuration changes. */
    SYNCLINE_E_CONFIG = 1,
    /* Credential rejected: the connection rests until an operator renews it. */
    SYNCLINE_E_AUTH = 2,
    /* Authenticated, but a right is missing. */
    SYNCLINE_E_PERMISSION = 3,
    /* Again after retry_after_ms; SYNCLINE_EF_QUOTA for a daily or monthly quota. */
    SYNCLINE_E_RATE_LIMITED = 4,
    /* A failed read, or a write that is proved not to have been sent: again later. */
    SYNCLINE_E_TRANSIENT = 5,
    /* if_version did not match, nothing was written: the hub reads again and merges. */
    SYNCLINE_E_CONFLICT = 6,
    /* A unique key is taken by another record. */
    SYNCLINE_E_DUPLICATE = 7,
    /* The record is gone. Never re-created blindly. */
    SYNCLINE_E_NOT_FOUND = 8,
    /* This payload can never be accepted: set aside with `field` and `message`. */
    SYNCLINE_E_INVALID = 9,
    /* This operation, entity or flag is not implemented. */
    SYNCLINE_E_UNSUPPORTED = 10,
    /* Stopped because the host asked. */
    SYNCLINE_E_CANCELLED = 11,
    /* Cursor expired or not understood: the hub reads everything again. */
    SYNCLINE_E_CURSOR = 12,
    /* Batch or payload over the remote's limit: the hub sends smaller ones. */
    SYNCLINE_E_TOO_LARGE = 13,
    /* The write may or may not have happened (every 5xx, reset or timeout of a write): the hub
     * looks before it writes again. */
    SYNCLINE_E_IN_DOUBT = 14,
    /* A mistake of the connector: exception, broken contract. */
    SYNCLINE_E_INTERNAL = 15
};

enum {
    SYNCLINE_EF_QUOTA = 1u << 0,
    /* On the result of write(): items without a result of their own were not attempted. */
    SYNCLINE_EF_NOT_ATTEMPTED = 1u << 1,
    SYNCLINE_EF_USER_VISIBLE = 1u << 2
};

/* The host allocates and zeroes it and sets struct_size; the connector fills it. Nothing to free.
 */
typedef struct syncline_error {
    uint32_t struct_size;
    syncline_status status;
    uint32_t flags;
    uint32_t retry_after_ms;
    int32_t http_status;
    char code[60];     /* the remote's own code, verbatim */
    char field[128];   /* remote name of the offending field */
    char message[512]; /* for the operator; must not contain a customer's data */
} syncline_error;

/* ---- what the host offers to a running operation [call] -----------------------------------------
 */

enum {
    /* Changes nothing in the remote, whatever its method: without a complete answer it is
     * TRANSIENT, never IN_DOUBT. GET and HEAD need not say so. */
    SYNCLINE_HTTP_SAFE = 1u << 0
};

typedef struct syncline_http_request {
    uint32_t struct_size;
    uint32_t flags;
    uint32_t timeout_ms; /* 0 = the host's default, 30 s */
    uint32_t reserved;
    syncline_str method;
    syncline_str url;          /* a path below the connection's base URL, percent-encoded */
    syncline_str headers_json; /* {"if-match": "28"} */
    syncline_str body;
} syncline_http_request;

typedef struct syncline_http_response { /* valid inside on_response only */
    uint32_t struct_size;
    int32_t status;
    syncline_str headers_json; /* names in lower case */
    syncline_str body;
    uint32_t attempts;
} syncline_http_response;

typedef struct syncline_call {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;                 /* handed back to every function below */
    uint64_t deadline_unix_ms; /* 0 = none */
    syncline_str call_id;
    syncline_str connection_id;

    /* Not zero when the operation should stop: poll at least once a page. */
    int32_t (*cancelled)(void* ctx);
    /* Level 0 trace to 5 fatal. fields_json: an object of scalars, or absent; not used yet. The log
     * takes messages that the manifest lists, and nothing of what customers are called. */
    void (*log)(void* ctx, int32_t level, syncline_str message, syncline_str fields_json);
    /* Sends a request with the connection's base URL and credential, and hands the response,
     * whatever its status, to on_response before returning OK. RATE_LIMITED, TRANSIENT (proved not
     * sent) or IN_DOUBT (sent, no complete answer) when there is none. */
    syncline_status (*http
    )(void* ctx,
      const syncline_http_request* request,
      void* user,
      void (*on_response)(void* user, const syncline_http_response* response),
      syncline_error* error);
    /* A secret that the manifest names. NOT_FOUND when it is not configured. */
    syncline_status (*secret
    )(void* ctx, syncline_str name, void* user, void (*on_value)(void* user, syncline_str value));
    /* Wakes up early, with CANCELLED, when the operation should stop. */
    syncline_status (*sleep_ms)(void* ctx, uint32_t ms);
    void (*metric)(void* ctx, syncline_str name, double value, syncline_str labels_json);
    void (*progress)(void* ctx, uint64_t done, uint64_t total_or_0);
    int64_t (*now_unix_ms)(void* ctx);

    /* Since minor 1. Waits until a file descriptor has something to read, for at most `ms`. OK: it
     * has, or its other end is closed; TRANSIENT: not within that time; CANCELLED: the operation
     * should stop. */
    syncline_status (*wait_readable)(void* ctx, int32_t descriptor, uint32_t ms);
} syncline_call;

/* ---- records ------------------------------------------------------------------------------------
 */

enum {
    SYNCLINE_OP_UPSERT = 1,
    SYNCLINE_OP_DELETE = 2,
    SYNCLINE_OP_CREATE = 3,
    SYNCLINE_OP_UPDATE = 4,
    SYNCLINE_OP_MERGED_INTO = 5
};

/* Frozen for major 1, because records travel in arrays; growth goes into ext_json. */
typedef struct syncline_record {
    uint32_t op; /* UPSERT: exists; DELETE: proved gone; MERGED_INTO: see ext_json.merged_into */
    uint32_t flags;
    int64_t modified_unix_us; /* the remote's own time of change; 0 = not told */
    syncline_str id;          /* the remote's key, stable for the life of the record; not empty */
    syncline_str version;     /* the remote's version, as `discover` declares it; absent = none */
    syncline_str data_json;   /* flat object of scalars in the remote's shape; absent for DELETE. A
                                 missing key was not read; null and "" are values. */
    syncline_str origin;      /* who wrote it last, if told: for display */
    syncline_str ext_json;    /* optional: {"errors": [{"message": …}]}: the record is there and
                                 cannot be read; {"history": …, "merged_into": …, "merged_from":
                                 [ids of the records that became this one], "server_time": …} */
} syncline_record;

enum {
    SYNCLINE_READ_FULL = 1u << 0,    /* a complete listing is wanted */
    SYNCLINE_READ_DELETES = 1u << 1, /* report deletions too */
    SYNCLINE_READ_PEEK = 1u << 2     /* change nothing: move no file, leave no lock behind */
};

typedef struct syncline_read_request {
    uint32_t struct_size;
    uint32_t flags;
    uint32_t max_batch;
    uint32_t max_records; /* 0 = no limit */
    syncline_str entity;
    syncline_str cursor;      /* absent = from the beginning */
    syncline_str fields_json; /* list of the remote fields wanted; absent = all */
    syncline_str options_json;
} syncline_read_request;

typedef struct syncline_read_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    /* Takes up to max_batch records; blocks while the hub is busy. Not OK: return at once. */
    syncline_status (*records)(void* ctx, const syncline_record* records, size_t count);
    /* An opaque position, a JSON object of at most 4 KiB, that covers everything handed over so
     * far. OK only when position and records are durable: then, and only then, may the source be
     * told to forget (a file be moved, a message be acknowledged). */
    syncline_status (*checkpoint)(void* ctx, syncline_str cursor);
} syncline_read_sink;

/* Frozen for major 1. */
typedef struct syncline_write_item {
    uint32_t op; /* CREATE, UPDATE or DELETE; another is answered UNSUPPORTED, and so is a DELETE
                    where the discover document does not say "delete" */
    uint32_t flags;
    syncline_str id; /* UPDATE, DELETE: the record; CREATE: the id it must bear, or absent */
    syncline_str if_version;      /* must be enforced when declared; absent = unconditional */
    syncline_str idempotency_key; /* 32 hexadecimal digits; the same on every try */
    syncline_str data_json;       /* the whole desired record, as far as the hub knows it */
    syncline_str patch_json;      /* the changed fields only; null clears */
    syncline_str match_json;      /* natural keys of an upsert; absent */
    syncline_str ext_json;        /* {"before": what the hub last saw in the patched fields} */
} syncline_write_item;

typedef struct syncline_write_result {
    uint32_t struct_size;
    uint32_t index;  /* of the item */
    syncline_str id; /* of a DUPLICATE: the record that is in the way, if the remote told */
    syncline_str version;
    syncline_str stored_json; /* the record as stored, only if told in the same step as the write */
    const syncline_error* error; /* NULL = stored */
} syncline_write_result;

typedef struct syncline_write_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    /* Exactly once for each index, in any order. A missing one counts as IN_DOUBT. */
    syncline_status (*result)(void* ctx, const syncline_write_result* result);
} syncline_write_sink;

typedef struct syncline_text_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    syncline_status (*write)(void* ctx, syncline_str json);
} syncline_text_sink;

/* ---- the connector ------------------------------------------------------------------------------
 */

enum {
    SYNCLINE_CAP_READ = 1u << 0,
    SYNCLINE_CAP_INCREMENTAL = 1u << 1,
    SYNCLINE_CAP_DELETES = 1u << 2,
    SYNCLINE_CAP_WRITE = 1u << 3,
    SYNCLINE_CAP_UPSERT = 1u << 4,
    SYNCLINE_CAP_IF_VERSION = 1u << 5,
    SYNCLINE_CAP_IDEMPOTENT = 1u << 6,
    SYNCLINE_CAP_PATCH = 1u << 7,
    SYNCLINE_CAP_LOOKUP = 1u << 8,
    SYNCLINE_CAP_WEBHOOK = 1u << 9,
    SYNCLINE_CAP_DYNAMIC_SCHEMA = 1u << 10,
    SYNCLINE_CAP_ORIGIN = 1u << 11,
    SYNCLINE_CAP_BATCH_WRITE = 1u << 12
};

enum {
    SYNCLINE_PLUGIN_INSTANCE_MT = 1u << 0,
    SYNCLINE_PLUGIN_RAW_NETWORK = 1u << 1 /* needs an operator's approval */
};

/* Functions may be NULL: the operation is then UNSUPPORTED. Each returns a status and, when it is
 * not OK, fills *error. */
typedef struct syncline_plugin {
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t struct_size;
    uint16_t min_host_minor; /* a host below it refuses the connector with a clear message */
    uint16_t reserved0;
    uint64_t capabilities; /* union over all entities; discover() tells the exact ones */
    uint32_t flags;
    uint32_t reserved1;
    syncline_str manifest_json; /* static; docs/reference/connector-manifest.md [any] */

    /* Makes an instance for settings that the manifest describes. Must not touch the remote. [any]
     */
    syncline_status (*create
    )(const syncline_call* call,
      syncline_str settings_json,
      syncline_instance** out,
      syncline_error* error);
    void (*destroy)(syncline_instance* instance); /* [inst] */
    /* Can the remote be reached and used with these settings? Moves nothing. [inst] */
    syncline_status (*check
    )(syncline_instance* instance, const syncline_call* call, syncline_error* error);
    /* Writes one document: entities, their fields and what can be done with them;
     * docs/reference/connector-discover.md. [inst] */
    syncline_status (*discover
    )(syncline_instance* instance,
      const syncline_call* call,
      const syncline_text_sink* sink,
      syncline_error* error);
    /* Hands over records from the cursor on. Returning OK is the end of the listing. [inst] */
    syncline_status (*read
    )(syncline_instance* instance,
      const syncline_call* call,
      const syncline_read_request* request,
      const syncline_read_sink* sink,
      syncline_error* error);
    /* Writes items, one result each. [inst] */
    syncline_status (*write
    )(syncline_instance* instance,
      const syncline_call* call,
      syncline_str entity,
      const syncline_write_item* items,
      size_t count,
      const syncline_write_sink* sink,
      syncline_error* error);
    /* Reads single records: keys_json is {"ids": […]}, {"create": {"idempotency_key": …,
     * "planned_id": …, "data": {…}}} (what did that create make?) or {"new_ids": n} (records with
     * unused ids and no data). An id that does not exist is answered with a DELETE record. [inst]
     */
    syncline_status (*lookup
    )(syncline_instance* instance,
      const syncline_call* call,
      syncline_str entity,
      syncline_str keys_json,
      const syncline_read_sink* sink,
      syncline_error* error);
    syncline_status (*webhook
    )(syncline_instance* instance,
      const syncline_call* call,
      syncline_str headers_json,
      syncline_str raw_body,
      const syncline_text_sink* sink,
      syncline_error* error);
    /* Optional interfaces by reverse-DNS name; NULL = absent. [any] */
    const void* (*extension)(const char* id);
} syncline_plugin;

/* ---- extensions ---------------------------------------------------------------------------------
 */

/* Tells the hub that something changed, so that it need not wait for its next reading. Since minor
 * 1; asked for only of entities whose discover document says "watch". */
#define SYNCLINE_WATCH_EXTENSION "org.syncline.watch"
typedef struct syncline_watch {
    uint32_t struct_size;
    uint32_t reserved;
    /* Sets *changed to 1 as soon as the entity may have changed since the last read() began, by
     * whomever, else to 0 after timeout_ms. Whoever cannot tell, as at the first time, says 1: the
     * hub reads once for nothing. What is missed is found by the next regular reading. The hub
     * stops it whenever it wants something else: wait with call->wait_readable, and answer
     * CANCELLED. [inst] */
    syncline_status (*watch
    )(syncline_instance* instance,
      const syncline_call* call,
      syncline_str entity,
      uint32_t timeout_ms,
      int32_t* changed,
      syncline_error* error);
} syncline_watch;

typedef const syncline_plugin* (*syncline_plugin_fn)(void);

/* The only exported symbol of a connector. Static storage; callable without a host. [any] */
SYNCLINE_EXPORT const syncline_plugin* syncline_connector_v1(void) SYNCLINE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
