#include "chromium.h"

#include "base/run.h"
#include "hash/base64.h"
#include "process.h"
#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX (64u << 20)
#define CALL_MS 30000
#define LOOK_MS 40

struct browser {
	struct process process;
	struct buf message, rest;
	char folder[300];
	char session[80]; /* of the page */
	int id;
	int64_t deadline_ms;
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static void close_browser(struct browser *b)
{
	process_end(&b->process, true);
	buf_release(&b->message);
	buf_release(&b->rest);
	if (*b->folder)
		nftw(b->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* One command and its answer's result (owned by the caller); what it tells meanwhile is passed over. Takes params. */
static json_t *call(struct browser *b, const char *method, json_t *params, struct err *err)
{
	json_t *asked = json_pack("{s:i, s:s, s:o}", "id", ++b->id, "method", method, "params",
				  params ? params : json_object());
	char *text;
	int rc;

	if (*b->session)
		json_object_set_new(asked, "sessionId", json_string(b->session));
	text = json_dumps(asked, JSON_COMPACT);
	rc = process_write(&b->process, text, strlen(text) + 1, b->deadline_ms, err);
	free(text);
	json_decref(asked);
	while (rc == 0 && process_read(&b->process, 0, b->deadline_ms, &b->message, &b->rest, err) == 0) {
		json_error_t trouble;
		json_t *answer = json_loadb((const char *)b->message.data, b->message.len, 0, &trouble);
		json_t *result = json_object_get(answer, "result");
		const char *why = json_string_value(json_object_get(json_object_get(answer, "error"), "message"));

		if (json_integer_value(json_object_get(answer, "id")) != b->id) {
			json_decref(answer);
			continue;
		}
		json_incref(result);
		if (!result)
			err_set(err, ERR_RETRY, "Chromium refuses %s: %.100s.", method, why ? why : "no reason given");
		json_decref(answer);
		return result;
	}
	return NULL;
}

static int tell(struct browser *b, const char *method, json_t *params, struct err *err)
{
	json_t *result = call(b, method, params, err);

	json_decref(result);
	return result ? 0 : -1;
}

/* A text of the answer, copied. */
static int ask_text(struct browser *b, const char *method, json_t *params, const char *name, char *out, size_t size,
		    struct err *err)
{
	json_t *result = call(b, method, params, err);
	const char *text = json_string_value(json_object_get(result, name));

	snprintf(out, size, "%s", text ? text : "");
	json_decref(result);
	return result ? 0 : -1;
}

static int make_folder(const struct chromium_options *o, struct browser *b, struct err *err)
{
	const char *above = *o->directory ? o->directory : getenv("TMPDIR");

	snprintf(b->folder, sizeof b->folder, "%.250s/lagesbild-print-XXXXXX", above && *above ? above : "/tmp");
	if (mkdtemp(b->folder))
		return 0;
	err_set(err, ERR_CONFIG, "%.250s: no folder can be made there: %s.", b->folder, strerror(errno));
	*b->folder = 0;
	return -1;
}

static int start(const struct chromium_options *o, struct browser *b, struct err *err)
{
	char data[340], program[300];
	char *argv[] = {program,
			"--headless=new",
			"--remote-debugging-pipe",
			data,
			"--no-first-run",
			"--no-default-browser-check",
			"--disable-gpu",
			"--disable-dev-shm-usage",
			"--disable-extensions",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--disable-breakpad",
			"--mute-audio",
			"--hide-scrollbars",
			"--lang=sv",
			o->sandbox ? NULL : "--no-sandbox",
			NULL};

	if (make_folder(o, b, err))
		return -1;
	snprintf(program, sizeof program, "%s", o->program);
	snprintf(data, sizeof data, "--user-data-dir=%s/profile", b->folder);
	return process_start(&b->process, argv, 3, 4, b->folder, err);
}

static int open_page(struct browser *b, const struct page *page, struct err *err)
{
	char target[80], trouble[120], bearer[200];

	if (ask_text(b, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"), "targetId", target,
		     sizeof target, err) ||
	    ask_text(b, "Target.attachToTarget", json_pack("{s:s, s:b}", "targetId", target, "flatten", 1), "sessionId",
		     b->session, sizeof b->session, err))
		return -1;
	snprintf(bearer, sizeof bearer, "Bearer %s", page->key ? page->key : "");
	if (page->key &&
	    (tell(b, "Network.enable", NULL, err) ||
	     tell(b, "Network.setExtraHTTPHeaders", json_pack("{s:{s:s}}", "headers", "Authorization", bearer), err)))
		return -1;
	if (tell(b, "Emulation.setDeviceMetricsOverride",
		 json_pack("{s:i, s:i, s:i, s:b}", "width", 1000, "height", 1400, "deviceScaleFactor", 1, "mobile", 0),
		 err) ||
	    ask_text(b, "Page.navigate", json_pack("{s:s}", "url", page->url), "errorText", trouble, sizeof trouble,
		     err))
		return -1;
	return *trouble ? err_set(err, ERR_RETRY, "The page cannot be reached: %.100s.", trouble) : 0;
}

/* What an expression gives, as JSON; NULL when it could not be asked. */
static json_t *evaluate(struct browser *b, const char *expression, struct err *err)
{
	json_t *result =
		call(b, "Runtime.evaluate", json_pack("{s:s, s:b}", "expression", expression, "returnByValue", 1), err);
	json_t *value = json_incref(json_object_get(json_object_get(result, "result"), "value"));

	json_decref(result);
	return value ? value : result ? json_null() : NULL;
}

static int await_ready(struct browser *b, int seconds, struct err *err)
{
	int64_t until = run_monotonic_ms() + (int64_t)seconds * 1000;

	while (!run_stopping()) {
		json_t *ready = evaluate(b, "document.documentElement.dataset.ready === '1'", err);
		bool yes = json_is_true(ready);

		json_decref(ready);
		if (!ready || yes)
			return ready ? 0 : -1;
		if (run_monotonic_ms() > until)
			break;
		run_pause(LOOK_MS);
	}
	return err_set(err, ERR_RETRY, "The page was not ready within %d s.", seconds);
}

static int with_page(const struct chromium_options *o, const struct page *page, struct buf *out,
		     int (*take)(struct browser *b, struct buf *out, struct err *err), struct err *err)
{
	struct browser b = {.deadline_ms = run_monotonic_ms() + (int64_t)page->seconds * 1000 + CALL_MS};
	int rc;

	buf_init(&b.message, MESSAGE_MAX);
	buf_init(&b.rest, MESSAGE_MAX);
	rc = start(o, &b, err) || open_page(&b, page, err) || await_ready(&b, page->seconds, err) || take(&b, out, err)
		     ? -1
		     : 0;
	close_browser(&b);
	return rc;
}

static int take_pdf(struct browser *b, struct buf *out, struct err *err)
{
	static const char footer[] = "<div style=\"font:8px sans-serif;width:100%;padding:0 "
				     "14mm;display:flex;justify-content:space-between\">"
				     "<span class=\"title\"></span><span><span class=\"pageNumber\"></span> (<span "
				     "class=\"totalPages\"></span>)</span></div>";
	json_t *result =
		call(b, "Page.printToPDF",
		     json_pack("{s:b, s:b, s:b, s:b, s:b, s:s, s:s}", "printBackground", 1, "preferCSSPageSize", 1,
			       "generateTaggedPDF", 1, "generateDocumentOutline", 1, "displayHeaderFooter", 1,
			       "headerTemplate", "<span></span>", "footerTemplate", footer),
		     err);
	const char *data = json_string_value(json_object_get(result, "data"));
	int rc = data && base64_decode(data, json_string_length(json_object_get(result, "data")), out) == 0 ? 0 : -1;

	json_decref(result);
	return rc == 0 || !result ? rc : err_set(err, ERR_RETRY, "Chromium gave no PDF, or one that is too large.");
}

static int take_html(struct browser *b, struct buf *out, struct err *err)
{
	static const char expression[] =
		"(() => { const m = document.querySelector('main').cloneNode(true);"
		"m.querySelectorAll('button, nav, svg, img, object, iframe, video, audio, "
		"script, style, link, textarea, select, label, "
		".screen, [aria-hidden], .heat, .wheel, .of').forEach((e) => e.remove());"
		"m.querySelectorAll('details.section').forEach((e) => "
		"e.querySelector('.paper').textContent.trim() || e.remove());"
		"m.querySelectorAll('details').forEach((e) => e.replaceWith(...e.childNodes));"
		"m.querySelectorAll('summary').forEach((e) => { const h = document.createElement('h3'); "
		"h.append(...e.childNodes); e.replaceWith(h); });"
		"m.querySelectorAll('a').forEach((e) => e.replaceWith(...e.childNodes));"
		/* A column whose picture has gone. */
		"m.querySelectorAll('table').forEach((t) => { const rows = [...t.tBodies].flatMap((b) => [...b.rows]);"
		"for (let i = (t.tHead?.rows[0]?.cells.length ?? 0) - 1; i >= 0; i--)"
		" if (rows.every((r) => !r.cells[i]?.textContent.trim()))"
		" [t.tHead.rows[0], ...rows].forEach((r) => r.cells[i]?.remove()); });"
		"const title = document.createElement('title'), h1 = m.querySelector('h1');"
		"title.textContent = h1?.textContent ?? document.title; h1?.remove();"
		"return '<!doctype html><html lang=\"' + document.documentElement.lang + "
		"'\"><head><meta charset=\"utf-8\">' + title.outerHTML + '</head><body>'"
		"+ m.innerHTML + '</body></html>'; })()";
	json_t *html = evaluate(b, expression, err);

	if (!html)
		return -1;
	buf_append(out, json_string_value(html) ? json_string_value(html) : "", json_string_length(html));
	json_decref(html);
	return out->len && !out->overflow ? 0 : err_set(err, ERR_RETRY, "The page has no text, or too much.");
}

int chromium_pdf(const struct chromium_options *o, const struct page *page, struct buf *out, struct err *err)
{
	return with_page(o, page, out, take_pdf, err);
}

int chromium_html(const struct chromium_options *o, const struct page *page, struct buf *out, struct err *err)
{
	return with_page(o, page, out, take_html, err);
}
