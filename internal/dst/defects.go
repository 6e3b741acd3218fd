package dst

// A Defect is one that is put into the engine on purpose.
type Defect string

// plant puts the defect in and returns what takes it out.
func (d Defect) plant() func() { return func() {} }
