"""Reads an official directive (.txt, .docx, .pdf) into draft clauses, for a person to review and put in plain words."""
