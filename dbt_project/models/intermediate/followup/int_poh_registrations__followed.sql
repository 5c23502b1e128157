with

registrations as (

    select * from {{ ref('int_poh_registrations__current') }}
    where closed_on is not null and contact_on is not null

),

followed as (

    select * from {{ ref('int_municipalities__followed') }}

),

trajectories as (

    select * from {{ ref('int_ggz_trajectories__declared') }}

),

ended as (

    select
        registrations.registration_id,
        registrations.municipality_code,
        registrations.client_key,
        registrations.referred_on,
        registrations.closed_on,
        {{ support_ended_as('registrations') }} as outcome_group,
        followed.observed_until
    from registrations
    left join followed
        on registrations.municipality_code = followed.municipality_code

),

-- What began after the last whole month of declarations is left out: others that began then are not declared yet.
begun as (

    select
        ended.registration_id,
        trajectories.begins_on,
        trajectories.care_profile,
        count(*) over (partition by ended.registration_id) as trajectories_begun,
        row_number() over (
            partition by ended.registration_id
            order by trajectories.begins_on, trajectories.care_profile, trajectories.trajectory_id
        ) as position
    from ended
    inner join trajectories
        on
            ended.client_key = trajectories.client_key
            and trajectories.is_start_observed
            and ended.referred_on <= trajectories.begins_on
            and ended.observed_until > trajectories.begins_on

),

earlier as (

    select
        ended.registration_id,
        max(case when trajectories.ggz_segment = 'SGGZ' then 1 else 0 end) as had_sggz
    from ended
    inner join trajectories
        on
            ended.client_key = trajectories.client_key
            and ended.referred_on > trajectories.begins_on
    group by ended.registration_id

)

select
    ended.registration_id,
    ended.outcome_group,
    ended.client_key is not null as is_linked,
    -- the last day, counted from the closing, on which care that began would have been seen; below 0: closed after it
    cast({{ days_between('ended.closed_on', 'ended.observed_until') }} - 1 as integer) as days_observed,
    -- care that began while the dossier was open is there on the day of its closing
    case
        when begun.begins_on is null then null
        when begun.begins_on <= ended.closed_on then 0
        else cast({{ days_between('ended.closed_on', 'begun.begins_on') }} as integer)
    end as days_to_care,
    cast({{ days_between('ended.referred_on', 'begun.begins_on') }} as integer) as days_from_referral,
    begun.care_profile,
    coalesce(begun.trajectories_begun, 0) as trajectories_begun,
    coalesce(begun.begins_on < ended.closed_on, false) as began_during_support,
    earlier.registration_id is not null as had_ggz,
    coalesce(earlier.had_sggz = 1, false) as had_sggz
from ended
left join begun
    on
        ended.registration_id = begun.registration_id
        and begun.position = 1
left join earlier
    on ended.registration_id = earlier.registration_id
