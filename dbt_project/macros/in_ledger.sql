{# Whether a row's file is in the ledger and was not refused: a row of any other file does not exist. Only the kinds that
   have such rows are looked through, since a lake has far more messages than it has declarations. #}
{% macro in_ledger(file_sha256, kinds) -%}
    {{ file_sha256 }} in (
        select ledger.file_sha256
        from ledger
        where ledger.refusal is null and ledger.kind in ('{{ kinds | join("', '") }}')
    )
{%- endmacro %}
