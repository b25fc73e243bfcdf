-- What finds a tracking number or a receipt that came with another request, whoever's: staff are warned of it
-- while they decide. What is looked for goes first, because the primary key is the one index that begins
-- with the seller.
CREATE INDEX credit_request_bank_reference ON credit.credit_request (bank_reference, seller_id)
 WHERE bank_reference <> '';
CREATE INDEX receipt_sha256 ON credit.receipt (sha256, seller_id);
