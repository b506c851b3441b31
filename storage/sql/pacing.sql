-- name: take(tenant_id, cost)^
insert into paces (tenant_id, as_of, ahead) values (:tenant_id, clock_ms(), :cost)
on conflict (tenant_id) do update set
    as_of = clock_ms(),
    ahead = greatest(paces.ahead - greatest(clock_ms() - paces.as_of, 0), 0) + :cost
returning as_of, ahead;

-- name: pause(tenant_id, pause)!
insert into paces (tenant_id, as_of, ahead) values (:tenant_id, clock_ms(), :pause)
on conflict (tenant_id) do update set
    as_of = clock_ms(),
    ahead = greatest(paces.ahead - greatest(clock_ms() - paces.as_of, 0), :pause);
