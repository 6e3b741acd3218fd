package server

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verifypage"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// longestDownload is how long a browser may take to fetch the log.
const longestDownload = time.Hour

// exporters are the roles that may take the whole log away, with the personal data beside it.
func exporters() []access.Role {
	return []access.Role{access.Auditor, access.ISMSManager, access.Admin}
}

// logZIP sends the audit log as conformd audit export writes it, as a ZIP. The file is made first, so that a slow
// browser holds no state of the database, and an export that fails sends no half of one.
func (h *handler) logZIP(w http.ResponseWriter, r *http.Request) {
	if !h.exporting.take() {
		h.refused(w, r, http.StatusTooManyRequests, codeBusy, "Another download of the log is being prepared", "Try again in a minute.")
		return
	}
	name := "audit-log-" + time.Now().UTC().Format("20060102T150405Z")
	f, err := h.preparedZIP(r, name)
	h.exporting.leave()
	if f != nil {
		defer func() { _ = f.Close() }() // its name is gone already
	}
	switch {
	case errors.Is(err, errEmptyLog):
		h.refused(w, r, http.StatusNotFound, codeUnknown, "The log is empty", "No entry was written yet.")
		return
	case errors.Is(err, errNotNoted):
		h.o.Log.Error("the audit log could not be written", zap.Error(err))
		h.refused(w, r, http.StatusServiceUnavailable, codeNoLog, "The audit log cannot be written now", "Each export is an entry of it. The log of the daemon says why it cannot be written.")
		return
	case err != nil:
		h.fail(w, err)
		return
	}
	h.mayTake(w, longestDownload)
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.zip"`)
	http.ServeContent(w, r, "", time.Time{}, f)
}

var (
	errEmptyLog = errors.New("the log is empty")
	errNotNoted = errors.New("the export could not be noted in the log")
)

// preparedZIP notes the export in the log, and writes the log with this entry into a file that has no name.
func (h *handler) preparedZIP(r *http.Request, folder string) (_ *os.File, err error) {
	ctx := r.Context()
	if size, err := h.o.Store.LogSize(ctx); err != nil || size == 0 {
		return nil, cmp.Or(err, errEmptyLog)
	}
	s := seat(r)
	if err := h.o.Desk.Exported(ctx, s.who, s.signed); err != nil {
		return nil, errors.Join(errNotNoted, err)
	}
	f, err := os.CreateTemp(h.o.Scratch, ".audit-log-*.zip")
	if err != nil {
		return nil, err
	}
	// Nobody else is to open the file, and a daemon that is killed is to leave none behind.
	if err = os.Remove(f.Name()); err == nil {
		err = h.writeZIP(ctx, f, folder)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// writeZIP writes the log of one moment.
func (h *handler) writeZIP(ctx context.Context, f *os.File, folder string) error {
	tx, err := h.o.Store.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return export.WriteZIP(ctx, tx, f, folder, export.Options{Keys: strings.Fields(h.o.Public), Register: store.RegisterLines})
}

// offlineCheck sends the page that checks an export without a server. It is a download: the policy of these pages
// lets no page with a script in it run.
func (h *handler) offlineCheck(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="verify.html"`)
	h.send(w, []byte(verifypage.Made().Page))
}
