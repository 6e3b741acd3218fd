package clock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/internal/clock"
)

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := time.Duration(0)
		w := clock.New(func() time.Time { return time.Now().Add(off) })
		for _, step := range []struct{ set, want time.Duration }{
			{0, 0},
			{-24 * time.Hour, -24 * time.Hour},
			{0, 0},
			{time.Hour, time.Hour},
			{10 * time.Second, 0}, // drift
			{55 * time.Second, 65 * time.Second},
		} {
			time.Sleep(3 * time.Hour)
			off += step.set
			if got := w.Set(); got != step.want {
				t.Errorf("Set() = %s after the clock was set by %s, want %s", got, step.set, step.want)
			}
		}
	})
}
