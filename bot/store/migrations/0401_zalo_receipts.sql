-- Zalo tells by the message's id that a person has read a warning.
CREATE INDEX delivery_zalo_message ON delivery (message) WHERE channel = 'zalo_oa';
