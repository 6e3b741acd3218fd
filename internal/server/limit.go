package server

import (
	"errors"
	"net"
	"sync"
)

// Limit bounds the open connections of a TCP listener; further ones wait to be accepted.
// Unlike with netutil.LimitListener, the server can still close the writing side of a
// connection. Without that, a reset would lose the answer to a request that was not read to
// its end.
func Limit(l net.Listener, n int) net.Listener {
	return &limited{Listener: l, places: make(chan struct{}, n), closed: make(chan struct{})}
}

type limited struct {
	net.Listener
	places chan struct{}
	once   sync.Once
	closed chan struct{}
}

// Accept waits for a place and then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		<-l.places
		return nil, errors.Join(errors.New("the listener accepts other connections than TCP"), c.Close())
	}
	return &placed{TCPConn: tcp, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close closes the listener.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// A placed is a connection that gives its place back when it is closed.
type placed struct {
	*net.TCPConn
	leave func()
}

// Close closes the connection.
func (c *placed) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}
