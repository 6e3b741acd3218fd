package connectortest

import (
	"context"

	"github.com/conformd/conformd/connectors"
)

// Tracker returns m with the optional interfaces that its options choose.
func (m *Memory) Tracker() connectors.Tracker {
	b, f, r, w := bulk{m}, feed{m}, reactor{m}, webhook{m}
	switch [4]bool{m.opts.Bulk, m.opts.Feed, m.opts.Reactions, m.opts.Secret != ""} {
	case [4]bool{true, true, true, true}:
		return struct {
			*Memory
			bulk
			feed
			reactor
			webhook
		}{m, b, f, r, w}
	case [4]bool{true, true, true, false}:
		return struct {
			*Memory
			bulk
			feed
			reactor
		}{m, b, f, r}
	case [4]bool{true, true, false, true}:
		return struct {
			*Memory
			bulk
			feed
			webhook
		}{m, b, f, w}
	case [4]bool{true, true, false, false}:
		return struct {
			*Memory
			bulk
			feed
		}{m, b, f}
	case [4]bool{true, false, true, true}:
		return struct {
			*Memory
			bulk
			reactor
			webhook
		}{m, b, r, w}
	case [4]bool{true, false, true, false}:
		return struct {
			*Memory
			bulk
			reactor
		}{m, b, r}
	case [4]bool{true, false, false, true}:
		return struct {
			*Memory
			bulk
			webhook
		}{m, b, w}
	case [4]bool{true, false, false, false}:
		return struct {
			*Memory
			bulk
		}{m, b}
	case [4]bool{false, true, true, true}:
		return struct {
			*Memory
			feed
			reactor
			webhook
		}{m, f, r, w}
	case [4]bool{false, true, true, false}:
		return struct {
			*Memory
			feed
			reactor
		}{m, f, r}
	case [4]bool{false, true, false, true}:
		return struct {
			*Memory
			feed
			webhook
		}{m, f, w}
	case [4]bool{false, true, false, false}:
		return struct {
			*Memory
			feed
		}{m, f}
	case [4]bool{false, false, true, true}:
		return struct {
			*Memory
			reactor
			webhook
		}{m, r, w}
	case [4]bool{false, false, true, false}:
		return struct {
			*Memory
			reactor
		}{m, r}
	case [4]bool{false, false, false, true}:
		return struct {
			*Memory
			webhook
		}{m, w}
	default:
		return m
	}
}

// Beside returns m as another conformd sees it that uses the same account: what it
// writes is marked with the id of that installation. It has no optional interfaces.
func (m *Memory) Beside(installation string) connectors.Tracker { return beside{m, installation} }

type beside struct {
	*Memory
	installation string
}

func (b beside) Create(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
	return b.createOf(ctx, b.installation, d)
}

func (b beside) PostComment(ctx context.Context, ref connectors.Ref, body, marker string) (connectors.Written, error) {
	return b.postOf(ctx, b.installation, ref, body, marker)
}

func (b beside) EditComment(ctx context.Context, ref connectors.Ref, commentID, body, _ string) (connectors.Written, error) {
	return b.editOf(ctx, b.installation, ref, commentID, body)
}
