// Package configs holds what helps people to write a configuration: the example, the presets, and the JSON Schema.
package configs

import _ "embed"

// Schema is the JSON Schema (2020-12) of the configuration file. A test of internal/config generates it from the
// structs that read the file, so the program needs no generator.
//
//go:embed conformd.schema.json
var Schema string
