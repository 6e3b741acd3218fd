package apitest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pb33f/libopenapi-validator/helpers"

	"github.com/conformd/conformd/internal/api"
)

// patience is how long an answer may take before the daemon counts as hanging. It is long, because the machine may be busy.
const patience = 45 * time.Second

// An answered is what came back for a request.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request and returns its answer; the error is that none came in time.
func send(address string, x drawn, patience time.Duration) (answered, error) {
	conn, err := (&net.Dialer{Timeout: patience}).Dial("tcp", address)
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return answered{}, err
	}
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		_, _ = conn.Write(x.wire) // a daemon that has seen enough answers before it read all
	}()
	method, _, _ := strings.Cut(string(x.wire), " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	_ = conn.Close()
	<-wrote
	return answered{resp.StatusCode, resp.Header, body}, err
}

// outside reports whether an answer comes from the library that reads HTTP, or from the check of the host, and not from the
// interface.
func (got answered) outside() bool {
	return got.status == http.StatusRequestHeaderFieldsTooLarge || got.status == http.StatusMisdirectedRequest || strings.HasPrefix(string(got.body), "400 Bad Request")
}

// longestHeaders is how long the headers of a request are that the daemon reads.
const longestHeaders = 32 << 10

// cut reports whether a request may be cut off without an answer: what is no HTTP, and what has endless headers, is not read
// to its end.
func (x drawn) cut(got answered, err error) bool {
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		return false
	}
	if got.outside() {
		return true
	}
	_, wrong := http.ReadRequest(bufio.NewReader(bytes.NewReader(x.wire)))
	return wrong != nil || bytes.Index(x.wire, []byte("\r\n\r\n")) > longestHeaders
}

// judge says what is wrong with an answer, "" for nothing.
func (doc *document) judge(x drawn, got answered) string {
	if got.status >= http.StatusInternalServerError && got.status != http.StatusHTTPVersionNotSupported {
		return fmt.Sprintf("the answer is %d", got.status)
	}
	request := func() *http.Request {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(x.wire)))
		if err != nil {
			return nil
		}
		req.URL.Scheme, req.URL.Host = "http", req.Host
		return req
	}
	req := request()
	if req == nil || got.outside() {
		if got.status < http.StatusBadRequest {
			return fmt.Sprintf("what is no HTTP is answered %d", got.status)
		}
		return ""
	}
	if got.status >= http.StatusBadRequest && req.Method != http.MethodHead {
		var p api.Problem
		if err := json.Unmarshal(got.body, &p); err != nil || p.Status != got.status || p.Code == "" || p.Title == "" || p.What == "" || p.Remedy == "" && len(p.Faults) == 0 {
			return fmt.Sprintf("the answer %d is no problem with words", got.status)
		}
		if p.Code == "address-unknown" {
			return "" // the document has no answer where there is nothing
		}
	}
	if !slices.ContainsFunc(doc.operations, func(op operation) bool { return op.path == x.op.path && op.method == req.Method }) {
		if got.status < http.StatusBadRequest && req.Method != http.MethodHead {
			return fmt.Sprintf("%s is answered %d", req.Method, got.status)
		}
		return ""
	}
	if got.status < http.StatusMultipleChoices {
		if ok, errs := doc.validator.ValidateHttpRequestSync(req); !ok {
			return fmt.Sprintf("it is not as described (%s: %s), and the answer is %d", errs[0].Message, errs[0].Reason, got.status)
		}
	}
	resp := &http.Response{StatusCode: got.status, Header: got.header, Body: io.NopCloser(bytes.NewReader(got.body))}
	if ok, errs := doc.validator.ValidateHttpResponse(request(), resp); !ok {
		unfound := errs[0].IsPathMissingError() || errs[0].IsOperationMissingError() || errs[0].ValidationSubType == helpers.ValidationAmbiguousPath
		if unfound && got.status >= http.StatusBadRequest {
			return "" // an empty part or an encoded slash, by which the validator finds no operation
		}
		return fmt.Sprintf("the answer %d is not as described: %s: %s %v", got.status, errs[0].Message, errs[0].Reason, errs[0].SchemaValidationErrors)
	}
	return ""
}
