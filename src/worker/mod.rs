//! From arrival to delivery: intake, dispatcher, executor and its steps.
