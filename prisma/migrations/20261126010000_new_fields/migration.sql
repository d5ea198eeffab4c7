-- Fields that experiments of before lacked, at the value that means what they did (packages/config experiment-identity.ts).

UPDATE "experiment"
SET "config" = '{"sec_ramp": false, "freeze_stages": 0, "optimizer": "adam"}'::jsonb || "config",
    "sources" = '{"sec_ramp": "ours", "freeze_stages": "ours", "optimizer": "learner.py:69-74"}'::jsonb || "sources"
WHERE NOT "config" ? 'optimizer';
