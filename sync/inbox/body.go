package inbox

import (
	"errors"
	"io"
	"net/http"
	"os"
)

// piece is how many bytes of a body are read, and reserved in memory, at once.
const piece = 32 << 10

// errBusy means that bodies already take all the memory that they may take.
var errBusy = errors.New("other bodies take all the memory for deliveries")

// read reads a body. It reserves memory for each piece before keeping it, so that a delivery
// that announces much and sends nothing takes none. The caller releases held bytes, also
// after an error.
func (in *Inbox) read(to io.Writer, body io.Reader) (held int64, err error) {
	buf := make([]byte, piece)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if !in.places.TryAcquire(int64(n)) {
				return held, errBusy
			}
			held += int64(n)
			if _, err := to.Write(buf[:n]); err != nil {
				return held, err
			}
		}
		if errors.Is(err, io.EOF) {
			return held, nil
		}
		if err != nil {
			return held, err
		}
	}
}

// unread is the result for a body that could not be read.
func unread(err error) Result {
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large:
		return TooLarge
	case errors.Is(err, errBusy):
		return Busy
	case errors.Is(err, os.ErrDeadlineExceeded):
		return TooSlow
	default:
		return Malformed
	}
}
