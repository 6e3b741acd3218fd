package web

import "github.com/conformd/conformd/internal/present"

// read says when all trackers were last read.
func (h Health) read() string {
	switch {
	case h.Bindings == 0:
		return "No tracker was read yet"
	case h.Read.IsZero():
		return "▲ Some trackers were not read yet"
	default:
		return "Last successful sync of all: " + h.Read.UTC().Format("15:04 UTC")
	}
}

// trouble says how many trackers a person must look after.
func (h Health) trouble() string {
	switch {
	case h.Stopped > 0:
		return "▲ Writing is stopped at " + present.Count(h.Stopped, "binding", "bindings")
	case h.Troubled > 0:
		return "▲ " + present.Count(h.Troubled, "tracker needs attention", "trackers need attention")
	default:
		return "✓ Trackers need no attention"
	}
}

// late says how many records have a missed date.
func late(n int) string { return "▲ " + present.Count(n, "record is late", "records are late") }

// due is the day, with a word for one that was missed.
func (d DueRow) due() string {
	if d.Missed {
		return "▲ " + d.Due + " missed"
	}
	return d.Due
}

// highest is the highest count, 1 at least.
func highest(list []Bar) int {
	most := 1
	for _, b := range list {
		most = max(most, b.Count)
	}
	return most
}
