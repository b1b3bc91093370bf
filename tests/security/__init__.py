"""The attacks on tips that docs/security.md names, each with a control that shows the look would see."""
