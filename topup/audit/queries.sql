-- Statements of the audit log.

-- name: note
SELECT audit.note_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
