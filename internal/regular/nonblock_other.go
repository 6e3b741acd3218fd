//go:build !unix

package regular

// nonblock is 0 on systems whose directories hold no FIFOs.
const nonblock = 0
