package queue

import "context"

// FreeStrays looks for stray jobs once.
func FreeStrays(ctx context.Context, q *Queue) error { return q.freeStrays(ctx) }
