package apitest

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"pgregory.net/rapid"
)

// allowed draws a value that a schema of the document allows.
func allowed(r *rand.Rand, s *base.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return pick(r, s.Enum).Value
	case slices.Contains(s.Type, "boolean"):
		return r.IntN(2) == 0
	case slices.Contains(s.Type, "integer"):
		low, high := bounds(s.Minimum, 0), bounds(s.Maximum, 1<<40)
		return pick(r, []int64{low, high, low + r.Int64N(high-low+1)})
	case slices.Contains(s.Type, "array"):
		out := make([]any, r.IntN(3))
		for i := range out {
			out[i] = allowed(r, s.Items.A.Schema())
		}
		return out
	case slices.Contains(s.Type, "object"):
		out := map[string]any{}
		for name, p := range s.Properties.FromOldest() {
			if slices.Contains(s.Required, name) || r.IntN(2) == 0 {
				out[name] = allowed(r, p.Schema())
			}
		}
		return out
	case s.Pattern != "":
		return rapid.StringMatching(s.Pattern).Example(r.IntN(1 << 30))
	case s.Format == "date":
		return time.Date(2020+r.IntN(12), 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	default:
		return rapid.StringN(0, 40, bytesOf(s)).Example(r.IntN(1 << 30))
	}
}

func bounds(of *float64, or int64) int64 {
	if of == nil {
		return or
	}
	return int64(*of)
}

// bytesOf is how many bytes a text may have at most.
func bytesOf(s *base.Schema) int {
	if s.MaxLength == nil {
		return -1
	}
	return int(*s.MaxLength)
}
