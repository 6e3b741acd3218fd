package server

import (
	"bytes"
	"net/http"
	"strings"

	"go.uber.org/zap"
)

// calendar serves what one person is to do, for a calendar program that subscribes to it.
func (h *handler) calendar(w http.ResponseWriter, r *http.Request) {
	person, isCalendar := strings.CutSuffix(r.PathValue("file"), ".ics")
	if _, known := h.o.Register.People[person]; !known || !isCalendar {
		http.Error(w, "there is no such person; a calendar is at /due/ID.ics, with the person's id in the configuration", http.StatusNotFound)
		return
	}
	h.calendarOf(w, r, person)
}

func (h *handler) calendarOf(w http.ResponseWriter, r *http.Request, person string) {
	c, err := h.o.Register.Calendar(r.Context(), person)
	if err != nil {
		h.fail(w, err)
		return
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	if _, err := b.WriteTo(w); err != nil {
		h.o.Log.Debug("calendar", zap.Error(err))
	}
}
