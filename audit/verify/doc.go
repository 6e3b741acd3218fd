// Package verify checks an audit log, in a database ([DB]) or exported ([Dir]), and says what
// it checked, what it found, and what it cannot know. Above all it cannot know of a tail that
// was cut off together with its checkpoint, or of a history written anew by a thief of the
// key, unless the reader holds a checkpoint from before (Options.Against).
//
// A [Register] that the reader brings replays the facts of the entries from the first on. The
// verification compares what comes of them with the rows of the register, in the database or
// in the file register.jsonl of an export.
package verify
