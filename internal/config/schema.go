package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"
)

// Schema returns the JSON Schema (2020-12) of the configuration file, generated
// from the same structs that read it. Editors use it to complete and to check.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == typeOf[time.Duration]() {
				return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
			}
			return nil
		},
	}
	s := r.Reflect(&Config{})
	s.Title = "conformd configuration"
	s.Description = "Configuration of conformd, the daemon that keeps issue trackers in step with an ISO/IEC 27001 register."
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("config: schema: %w", err)
	}
	return append(out, '\n'), nil
}
