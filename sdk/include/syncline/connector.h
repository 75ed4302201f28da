/* syncline/connector.h - Syncline connector ABI, major 1.
 * Pure C11 / C++11, no dependencies. This file IS the contract.
 *
 * LAYOUT   Append-only inside a major. Every growing struct starts with struct_size; the reader never
 *          touches bytes past the writer's struct_size (use SYNCLINE_HAS). A break = new major = new symbol.
 * MEMORY   All pointers are BORROWED for the duration of the call, in both directions. Nothing is ever
 *          freed across the boundary. Results leave through sink callbacks; the receiver copies.
 * STRINGS  syncline_str = UTF-8, length-delimited, not NUL-terminated. {NULL,0} = absent.
 * THREADS  [any]  callable from any thread, concurrently.
 *          [inst] host serialises calls per instance, unless SYNCLINE_PLUGIN_INSTANCE_MT; thread may change.
 *          [call] only between entry and return of the operation that received it; thread-safe.
 * FAILURE  No exception, longjmp, signal handler, fork, exit or abort may cross or escape.
 *          fd 0/1/2 belong to the host: log with syncline_call.log, never printf.                            */
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
#define SYNCLINE_ABI_MINOR 0u
#define SYNCLINE_MAGIC     0x434E5953u /* 'SYNC' little endian */
#define SYNCLINE_EXPORT    __attribute__((visibility("default")))
#define SYNCLINE_HAS(p, field) \
  ((p) && (p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field) && (p)->field)

typedef struct syncline_str { const char *data; size_t len; } syncline_str;
typedef struct syncline_instance syncline_instance; /* opaque, owned by the plugin */

/* ---- outcome taxonomy: int32_t so that unknown future codes survive (treated as INTERNAL) ---- */
typedef int32_t syncline_status;
enum {
  SYNCLINE_OK = 0,
  SYNCLINE_E_CONFIG = 1,        /* settings wrong/missing. Pause connection until config changes            */
  SYNCLINE_E_AUTH = 2,          /* credential rejected. Host refreshes once, then pauses and asks operator  */
  SYNCLINE_E_PERMISSION = 3,    /* authenticated but scope missing (403). Pause entity, not connection      */
  SYNCLINE_E_RATE_LIMITED = 4,  /* retry after retry_after_ms; set SYNCLINE_EF_QUOTA for a daily/monthly quota   */
  SYNCLINE_E_TRANSIENT = 5,     /* network, timeout, 5xx. Exponential backoff with jitter                   */
  SYNCLINE_E_CONFLICT = 6,      /* if_version did not match (409/412/stale SyncToken). Re-read and merge    */
  SYNCLINE_E_DUPLICATE = 7,     /* unique key already used by another record. Go to matching; id in result  */
  SYNCLINE_E_NOT_FOUND = 8,     /* target record is gone. Apply delete policy, never blind re-create        */
  SYNCLINE_E_INVALID = 9,       /* this payload can never be accepted. Dead-letter with field + message     */
  SYNCLINE_E_UNSUPPORTED = 10,  /* operation/entity/flag not implemented                                    */
  SYNCLINE_E_CANCELLED = 11,    /* stopped because the host asked                                           */
  SYNCLINE_E_CURSOR = 12,       /* cursor expired or not understood. Host schedules a full resync           */
  SYNCLINE_E_TOO_LARGE = 13,    /* batch or payload over the remote limit. Host splits and resends          */
  SYNCLINE_E_IN_DOUBT = 14,     /* write may or may not have happened. Host looks up before retrying        */
  SYNCLINE_E_INTERNAL = 15      /* connector bug (exception, broken contract). Circuit-breaker + alert      */
};
enum { SYNCLINE_EF_QUOTA = 1u << 0, SYNCLINE_EF_NOT_ATTEMPTED = 1u << 1, SYNCLINE_EF_USER_VISIBLE = 1u << 2 };

typedef struct syncline_error {          /* host allocates, zeroes, sets struct_size; plugin fills; nothing to free */
  uint32_t struct_size; syncline_status status; uint32_t flags; uint32_t retry_after_ms;
  int32_t http_status; char code[60];      /* remote code verbatim: "5010", "DUPLICATES_DETECTED"    */
  char field[128];                         /* JSON pointer of the offending field                    */
  char message[512];                       /* for the operator; the host redacts known secrets       */
} syncline_error;

/* ---- what the host offers to a running operation [call] ---- */
typedef struct syncline_http_request {
  uint32_t struct_size; uint32_t flags; uint32_t timeout_ms; uint32_t cost; /* rate-limit tokens, 0 = 1 */
  syncline_str method, url /* absolute, or path below the connection's base_url */, headers_json, body;
  syncline_str idempotency_key; syncline_str bucket; /* named rate-limit bucket of the manifest, {0} = default  */
} syncline_http_request;
enum { SYNCLINE_HTTP_NO_AUTH = 1u << 0, SYNCLINE_HTTP_NO_RETRY = 1u << 1, SYNCLINE_HTTP_SAFE = 1u << 2 /* may be re-sent */ };
typedef struct syncline_http_response {  /* valid only inside on_response */
  uint32_t struct_size; int32_t status; syncline_str headers_json /* lower-case names */, body; uint32_t attempts;
} syncline_http_response;

typedef struct syncline_call {
  uint32_t struct_size; uint32_t reserved; void *ctx; uint64_t deadline_unix_ms;
  syncline_str call_id /* trace id */, connection_id;
  int32_t (*cancelled)(void *ctx);                                     /* poll at least once per page */
  void (*log)(void *ctx, int32_t level /*0 trace..5 fatal*/, syncline_str msg, syncline_str fields_json);
  syncline_status (*http)(void *ctx, const syncline_http_request *, void *user,
                     void (*on_response)(void *user, const syncline_http_response *), syncline_error *);
  syncline_status (*secret)(void *ctx, syncline_str name, void *user, void (*on_value)(void *user, syncline_str));
  syncline_status (*sleep_ms)(void *ctx, uint32_t ms);                      /* wakes up on cancel          */
  void (*metric)(void *ctx, syncline_str name, double value, syncline_str labels_json);
  void (*progress)(void *ctx, uint64_t done, uint64_t total_or_0);
  int64_t (*now_unix_ms)(void *ctx);                                   /* virtual clock in tests      */
} syncline_call;

/* ---- records ---- */
enum { SYNCLINE_OP_UPSERT = 1, SYNCLINE_OP_DELETE = 2, SYNCLINE_OP_CREATE = 3, SYNCLINE_OP_UPDATE = 4, SYNCLINE_OP_MERGED_INTO = 5 };
typedef struct syncline_record {         /* frozen for major 1: arrays are plain; growth goes to ext_json   */
  uint32_t op; uint32_t flags; int64_t modified_unix_us;
  syncline_str id, version /* etag/SyncToken/…, opaque */, data_json /* remote shape; absent for DELETE */;
  syncline_str origin /* who wrote it last, if the system tells: used for echo suppression */, ext_json;
} syncline_record;

typedef struct syncline_read_request {
  uint32_t struct_size; uint32_t flags; uint32_t max_batch; uint32_t max_records /* 0 = no cap */;
  syncline_str entity, cursor /* absent = from the beginning */, fields_json, options_json;
} syncline_read_request;
enum { SYNCLINE_READ_FULL = 1u << 0 /* full listing: host may infer deletes */, SYNCLINE_READ_DELETES = 1u << 1 };
typedef struct syncline_read_sink {
  uint32_t struct_size; uint32_t reserved; void *ctx;
  syncline_status (*records)(void *ctx, const syncline_record *, size_t n);  /* blocks = back-pressure; non-OK = stop now */
  syncline_status (*checkpoint)(void *ctx, syncline_str cursor);             /* OK = cursor AND all earlier records durable */
} syncline_read_sink;

typedef struct syncline_write_item {     /* frozen for major 1 */
  uint32_t op; uint32_t flags;
  syncline_str id /* absent for create */, if_version /* absent = unconditional */, idempotency_key;
  syncline_str data_json /* full desired state, remote shape */, patch_json /* changed fields only */;
  syncline_str match_json /* natural keys for upsert */, ext_json;
} syncline_write_item;
typedef struct syncline_write_result {
  uint32_t struct_size; uint32_t index; syncline_str id, version, stored_json /* echo as stored, may be absent */;
  const syncline_error *error;           /* NULL = success */
} syncline_write_result;
typedef struct syncline_write_sink {
  uint32_t struct_size; uint32_t reserved; void *ctx;
  syncline_status (*result)(void *ctx, const syncline_write_result *);  /* exactly once per index, any order */
} syncline_write_sink;
typedef struct syncline_text_sink { uint32_t struct_size; uint32_t reserved; void *ctx;
  syncline_status (*write)(void *ctx, syncline_str json); } syncline_text_sink;

/* ---- the plugin ---- */
enum { SYNCLINE_CAP_READ = 1u << 0, SYNCLINE_CAP_INCREMENTAL = 1u << 1, SYNCLINE_CAP_DELETES = 1u << 2, SYNCLINE_CAP_WRITE = 1u << 3,
       SYNCLINE_CAP_UPSERT = 1u << 4, SYNCLINE_CAP_IF_VERSION = 1u << 5, SYNCLINE_CAP_IDEMPOTENT = 1u << 6,
       SYNCLINE_CAP_PATCH = 1u << 7, SYNCLINE_CAP_LOOKUP = 1u << 8, SYNCLINE_CAP_WEBHOOK = 1u << 9,
       SYNCLINE_CAP_DYNAMIC_SCHEMA = 1u << 10, SYNCLINE_CAP_ORIGIN = 1u << 11, SYNCLINE_CAP_BATCH_WRITE = 1u << 12 };
enum { SYNCLINE_PLUGIN_INSTANCE_MT = 1u << 0, SYNCLINE_PLUGIN_RAW_NETWORK = 1u << 1 /* needs operator approval */ };

typedef struct syncline_plugin {
  uint32_t magic; uint16_t abi_major, abi_minor; uint32_t struct_size; uint16_t min_host_minor, reserved0;
  uint64_t capabilities /* union over entities; exact ones come from discover() */; uint32_t flags, reserved1;
  syncline_str manifest_json; /* static: id, version, title, config schema, secrets, hosts, rate limits [any] */
  syncline_status (*create)(const syncline_call *, syncline_str config_json, syncline_instance **out, syncline_error *);      /* [any]  */
  void (*destroy)(syncline_instance *);                                                                   /* [inst] */
  syncline_status (*check)(syncline_instance *, const syncline_call *, syncline_error *);                                /* [inst] */
  syncline_status (*discover)(syncline_instance *, const syncline_call *, const syncline_text_sink *, syncline_error *);      /* [inst] */
  syncline_status (*read)(syncline_instance *, const syncline_call *, const syncline_read_request *, const syncline_read_sink *, syncline_error *);
  syncline_status (*write)(syncline_instance *, const syncline_call *, syncline_str entity, const syncline_write_item *, size_t n,
                      const syncline_write_sink *, syncline_error *);
  syncline_status (*lookup)(syncline_instance *, const syncline_call *, syncline_str entity, syncline_str keys_json, const syncline_read_sink *, syncline_error *);
  syncline_status (*webhook)(syncline_instance *, const syncline_call *, syncline_str headers_json, syncline_str raw_body, const syncline_text_sink *, syncline_error *);
  const void *(*extension)(const char *id); /* optional interfaces, reverse-DNS ids; NULL = absent    [any]  */
} syncline_plugin;

typedef const syncline_plugin *(*syncline_plugin_fn)(void);
SYNCLINE_EXPORT const syncline_plugin *syncline_connector_v1(void) SYNCLINE_NOEXCEPT; /* the only exported symbol; static storage */
#ifdef __cplusplus
}
#endif
#endif
