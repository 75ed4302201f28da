/* A connector in C that misbehaves: settings are {"create|check|read|write": "crash|hang|exit|…"}.
 */

#include "syncline/connector.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct syncline_instance {
    char settings[1024];
};

static syncline_str text(const char* words) {
    const syncline_str made = {words, strlen(words)};
    return made;
}

/* Is this the setting? A substring will do for settings that a test wrote. */
static int is_set(const char* settings, const char* what) {
    return strstr(settings, what) != NULL;
}

/* The ways to misbehave that are the same everywhere. */
static syncline_status misbehave(
    const char* settings, const char* operation, syncline_error* error
) {
    char crash[64];
    char hang[64];
    char leave[64];
    char refuse[64];
    snprintf(crash, sizeof crash, "\"%s\":\"crash\"", operation);
    snprintf(hang, sizeof hang, "\"%s\":\"hang\"", operation);
    snprintf(leave, sizeof leave, "\"%s\":\"exit\"", operation);
    snprintf(refuse, sizeof refuse, "\"%s\":\"refuse\"", operation);
    if (is_set(settings, crash)) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn the crash into an exit */
        raise(SIGSEGV);
    }
    if (is_set(settings, leave)) _exit(3);
    while (is_set(settings, hang))
        pause();
    if (!is_set(settings, refuse)) return SYNCLINE_OK;
    snprintf(error->message, sizeof error->message, "%s refused", operation);
    return SYNCLINE_E_CONFIG;
}

static syncline_status create(
    const syncline_call* call, syncline_str settings, syncline_instance** out, syncline_error* error
) {
    struct syncline_instance* made = calloc(1, sizeof *made);
    (void)call;
    if (made == NULL || settings.len >= sizeof made->settings) abort();
    memcpy(made->settings, settings.data, settings.len);
    *out = made;
    return misbehave(made->settings, "create", error);
}

static void destroy(syncline_instance* instance) {
    free(instance);
}

/* Says in its message what a connector can see of the hub. */
static syncline_status check(
    syncline_instance* self, const syncline_call* call, syncline_error* error
) {
    (void)call;
    printf("this must not reach the channel: {\"jsonrpc\":\"2.0\"}\n");
    fflush(stdout);
    if (is_set(self->settings, "\"tell\":\"settings\"")) {
        snprintf(error->message, sizeof error->message, "%.400s", self->settings);
        return SYNCLINE_E_CONFIG;
    }
    if (is_set(self->settings, "\"tell\":\"process\"")) {
        int open = 0;
        for (int i = 0; i < 1024; ++i)
            open += fcntl(i, F_GETFD) >= 0;
        snprintf(
            error->message,
            sizeof error->message,
            "pid=%d descriptors=%d secret=%s",
            (int)getpid(),
            open,
            getenv("SYNCLINE_TEST_SECRET") != NULL ? "seen" : "hidden"
        );
        return SYNCLINE_E_CONFIG;
    }
    return misbehave(self->settings, "check", error);
}

static syncline_status read_records(
    syncline_instance* self,
    const syncline_call* call,
    const syncline_read_request* request,
    const syncline_read_sink* sink,
    syncline_error* error
) {
    syncline_record record;
    (void)request;
    if (is_set(self->settings, "\"read\":\"gossip\"")) {
        call->log(call->ctx, 3, text("met An Mees while reading name"), text(""));
        call->log(call->ctx, 4, text("An Mees owes us 12 EUR"), text(""));
    }
    memset(&record, 0, sizeof record);
    record.op = SYNCLINE_OP_UPSERT;
    record.id = text("1");
    record.data_json = text("{\"name\":\"An Mees\"}");
    if (sink->records(sink->ctx, &record, 1) != SYNCLINE_OK) return SYNCLINE_E_CANCELLED;
    if (is_set(self->settings, "\"read\":\"garbage\"")) {
        const char* const garbage[] = {
            "not json",
            "[1,2]",
            "{\"name\":{\"first\":\"An\"}}",
            "{\"name\":\"\xff\"}",
            "{\"name\":1,\"name\":2}"};
        for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; ++i) {
            char id[8];
            snprintf(id, sizeof id, "g%zu", i);
            record.id = text(id);
            record.data_json = text(garbage[i]);
            if (sink->records(sink->ctx, &record, 1) != SYNCLINE_OK) return SYNCLINE_E_CANCELLED;
        }
        record.id = text("\xc3\x28");
        record.data_json = text("{\"name\":\"An Mees\"}");
        if (sink->records(sink->ctx, &record, 1) != SYNCLINE_OK) return SYNCLINE_E_CANCELLED;
    }
    if (is_set(self->settings, "\"read\":\"nameless\"")) {
        record.id.data = NULL;
        if (sink->records(sink->ctx, &record, 1) != SYNCLINE_OK) return SYNCLINE_E_CANCELLED;
    }
    if (is_set(self->settings, "\"read\":\"status\"")) return 4711;
    return misbehave(self->settings, "read", error);
}

static syncline_status write_records(
    syncline_instance* self,
    const syncline_call* call,
    syncline_str entity,
    const syncline_write_item* items,
    size_t count,
    const syncline_write_sink* sink,
    syncline_error* error
) {
    (void)call;
    (void)entity;
    for (size_t i = 0; i < count; ++i) {
        syncline_write_result result;
        memset(&result, 0, sizeof result);
        result.struct_size = sizeof result;
        result.index = (uint32_t)i;
        result.id = items[i].id;
        if (i == 1) {
            const syncline_status status = misbehave(self->settings, "write", error);
            if (status != SYNCLINE_OK) return status;
            if (is_set(self->settings, "\"write\":\"forget\"")) continue;
            if (is_set(self->settings, "\"write\":\"repeat\"")) result.index = 0;
            if (is_set(self->settings, "\"write\":\"overflow\"")) result.index = 99;
        }
        sink->result(sink->ctx, &result);
    }
    return SYNCLINE_OK;
}

static const syncline_plugin kTable = {
    .magic = SYNCLINE_MAGIC,
    .abi_major = SYNCLINE_ABI_MAJOR,
    .abi_minor = SYNCLINE_ABI_MINOR,
    .struct_size = sizeof(syncline_plugin),
    .capabilities = SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE,
    .create = create,
    .destroy = destroy,
    .check = check,
    .read = read_records,
    .write = write_records,
};

const syncline_plugin* syncline_connector_v1(void) {
    return &kTable;
}
