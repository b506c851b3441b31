-- name: wishes(tenant_id, person_id)^
select zone, not_before, silent_since from wishes where tenant_id = :tenant_id and person_id = :person_id;

-- name: remember_zone(tenant_id, person_id, zone)!
insert into wishes (tenant_id, person_id, zone) values (:tenant_id, :person_id, :zone)
on conflict (tenant_id, person_id) do update set zone = excluded.zone where wishes.zone <> excluded.zone;

-- name: wait_until(tenant_id, person_id, not_before)!
insert into wishes (tenant_id, person_id, not_before) values (:tenant_id, :person_id, :not_before)
on conflict (tenant_id, person_id) do update set not_before = excluded.not_before;

-- name: be_silent(tenant_id, person_id, since)!
insert into wishes (tenant_id, person_id, silent_since) values (:tenant_id, :person_id, :since)
on conflict (tenant_id, person_id) do update set silent_since = excluded.silent_since;

-- name: written(tenant_id, person_id, since)
select occasion, at, day, slot from contacts
where tenant_id = :tenant_id and person_id = :person_id and at > :since
order by at desc;

-- name: claim(tenant_id, person_id, day, slot, occasion, at)!
insert into contacts (tenant_id, person_id, day, slot, occasion, at)
values (:tenant_id, :person_id, :day, :slot, :occasion, :at)
on conflict do nothing;

-- name: give_back(tenant_id, person_id, occasion)!
delete from contacts where tenant_id = :tenant_id and person_id = :person_id and occasion = :occasion;

-- name: take_back(tenant_id, person_id, occasion, at)!
delete from contacts
where tenant_id = :tenant_id and person_id = :person_id and occasion = :occasion and at = :at;

-- name: forget(before)!
delete from contacts where at < :before;
