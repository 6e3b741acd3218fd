package store

import (
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// pageSlots is how many pages of databases SQLite keeps in memory that is set aside for them. The caches of the five
	// connections of a store have 2 MB each (PRAGMA cache_size), which is 480 pages.
	pageSlots = 2500
	// pageSlot is a page of 4,096 bytes and what SQLite keeps beside it, which is 272 bytes on 64 bits.
	pageSlot = 4096 + 512
)

// reservePages sets memory aside for the pages that SQLite caches (https://sqlite.org/malloc.html#_page_cache_memory). Each
// commit empties the caches of all connections that read. Without such memory each page was given back to the system and
// asked for again, so a page of the register took longer the more was written beside it. SQLite takes the memory only before
// the first connection of a process; after it, and when all is in use, it works as it would without.
var reservePages = sync.OnceFunc(func() { //nolint:gochecknoglobals // once in a process, as SQLite has it
	tls := libc.NewTLS()
	defer tls.Close()
	args := libc.Xmalloc(tls, 3*8)
	defer libc.Xfree(tls, args)
	pages := libc.Xmalloc(tls, pageSlots*pageSlot)
	if args == 0 || pages == 0 {
		return
	}
	if sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_PAGECACHE, libc.VaList(args, pages, int32(pageSlot), int32(pageSlots))) != sqlite3.SQLITE_OK {
		libc.Xfree(tls, pages)
	}
})
