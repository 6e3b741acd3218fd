package auditlog

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// AppendV1 appends entries as a version of conformd did that knew the first version of the
// format alone.
func (l *Log) AppendV1(ctx context.Context, tx auditdb.Tx, es ...audit.Entry) (first int64, err error) {
	for i := range es {
		es[i].Format = 1
	}
	return l.write(ctx, tx, es)
}
