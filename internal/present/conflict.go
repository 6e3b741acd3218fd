package present

// A Conflict is a field that has different values in several places.
type Conflict struct {
	Label  string  `json:"label"`
	Values []Value `json:"values"`
}

// A Value is the value of a field in one place.
type Value struct {
	Place string `json:"place"` // "this issue", the key of another issue, or "the register"
	Text  string `json:"text"`
}

// Decide says what a person does about a conflict.
const Decide = "Nothing is overwritten. Put the value that is right into every place."
