package server

import (
	"net/http"
	"time"

	"go.uber.org/zap"
)

// Slots bound how much of something that takes long is done at a time.
type slots chan struct{}

// take takes a slot, if one is free.
func (s slots) take() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) leave() { <-s }

// mayTake lets an answer take longer than the listener gives to others.
func (h *handler) mayTake(w http.ResponseWriter, d time.Duration) {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d)); err != nil {
		h.o.Log.Debug("no longer deadline for an answer", zap.Error(err))
	}
}
