# Atención y trabajo para otros: qué se pide, qué está prometido, quién podría hacerlo.
services-title = Atención y talleres
services-lead = Hospitales y talleres dicen cuánto pueden hacer por otros en un día. Aquí las personas son solo un número: quién viene queda entre las dos casas.
services-members = Qué se pide y quién podría hacerlo se muestra a los miembros que entran con su nombre.
services-none-asked = Ahora nadie pide atención ni piezas
services-all-met = Todo lo que se pide está prometido
services-headline =
    { $n ->
        [one] { $n } petición espera todavía una promesa
       *[other] { $n } peticiones esperan todavía una promesa
    }
services-requests = Peticiones
services-request = { $place }: { $what }
services-over = terminada
services-people-of =
    { $n ->
        [one] { $what } para { $n } persona
       *[other] { $what } para { $n } personas
    }
services-pieces-of = { $n } × { $what }
services-people =
    { $n ->
        [one] { $n } persona
       *[other] { $n } personas
    }
services-pieces =
    { $n ->
        [one] { $n } pieza
       *[other] { $n } piezas
    }
services-by = Último día que sirve
services-takes = Cada una necesita
services-each-of = { $time } de máquinas
services-stands = Cómo está
services-met = Prometido { $promised }, hecho { $done }, aún hace falta { $wanted }
services-promises = Prometido
services-suggested = Quién podría hacerlo
services-days-span = { $from } a { $until }, en { $n } días
services-on-day = { $day } ({ $what })
services-provider-of = { $provider } de { $place }
services-way = a { $way }
services-theirs = { $place } puede prometer esto.
services-promise = Prometer esto
services-more = Más sobre esto
services-done-for = hecho para { $what }
services-made = Calculado
services-stays-open = Nadie puede hacerlo todavía: { $what }.
services-why-nobody = No se sabe de nadie que lo haga.
services-why-no-way = Ningún camino abierto lleva a quien lo hace.
services-why-too-late = El último día que sirve ya pasó.
services-why-full = Quien lo hace está lleno hasta ese día.
services-change = Cambiar o cerrar esta petición
services-ours = Lo que hacemos por otros
services-ours-none = Todavía no hay nada nuestro anotado.
services-others =
    { $n ->
        [one] { $n } hospital o taller de otra comunidad
       *[other] { $n } hospitales y talleres de otras comunidades
    }
services-who = Quién
services-does = Qué hace
services-per-day = En un día
services-free = Libre en 7 días
services-change-offer = Cambiar
services-stage-promised = prometido
services-stage-taken = acordado
services-stage-declined = no aceptado
services-stage-withdrawn = retirado
services-stage-done = hecho
services-stage-lapsed = ya no vale
services-reason-enough = Ya hay bastante
services-reason-not-suited = No es lo que se pide
services-reason-not-able = No se puede hacer
services-ask = Pedir atención o piezas
services-ask-lead = Diga qué, para cuántos y hasta cuándo. Lo ven todas las comunidades. Nunca escriba quién.
services-offer = Decir qué hacemos por otros
services-offer-lead = Diga solo lo que queda después de atender a su propia gente. Con esto no se promete nada.
services-save = Guardar
services-kind = De qué clase
services-kind-care = Atención de personas
services-kind-making = Fabricación de piezas
services-word = Su palabra
services-word-hint = Una palabra corta, como hospital o torno-2. Nunca el nombre de una persona.
services-word-there = Ya hay uno con esta palabra. Elija otra, o cambie ese.
services-where = Dónde
services-for = Para
services-when = Cuándo
services-what = Qué
services-what-hint = Una palabra, como cirugia o junta-bomba.
services-does-hint = Palabras separadas por comas, como cirugia, partos.
services-per-day-hint = Atención: cuántas personas nuevas. Fabricación: minutos de máquinas.
services-per-day-missing = Diga cuánto en un día.
services-count = Para cuántos
services-count-hint = Personas o piezas.
services-each = Minutos de máquinas por pieza
services-each-hint = Solo para piezas.
services-number-missing = Escriba un número.
services-close-offer = Ya no hace nada por otros
services-close-offer-lead = Ya no se sugiere ni se promete. Lo prometido sigue hasta que se retire.
services-close-ask = No pedir más
services-promise-title = Atención o trabajo prometido
services-number = Número de la promesa
services-between = Digan ustedes mismos a la otra casa quién viene, con este número. koinon no guarda sus nombres.
services-take = Sí, por favor
services-decline = No, gracias
services-withdraw = Retirar la promesa
services-done = Está hecho
services-all-done = Todo está hecho
services-done-count = Para cuántos se hizo
services-ask-stand =
    { $n ->
        [one] Hay { $n } promesa en pie, y sigue hasta que se retire. ¿Es correcto de todos modos?
       *[other] Hay { $n } promesas en pie, y siguen hasta que se retiren. ¿Es correcto de todos modos?
    }
services-ask-enough = Ya está prometido tanto como se pide. ¿Prometer también esto?
services-ask-not-taken = Nadie ha dicho que sí a esta promesa, por lo que se sabe aquí. ¿Está hecho de todos modos?
services-ask-nobody = Aquí no se sabe de nadie que haga { $what }. ¿Es correcta la palabra? ¿Pedirlo de todos modos?
services-no-provider = Aquí no hay { $provider } que haga algo por otros. Anote primero qué hace.
services-no-ask = { $place } no pide nada así, por lo que se sabe aquí. Mire otra vez tras el próximo intercambio.
services-ask-over = Esto ya no se pide. Pídalo de nuevo.
services-not-soon = El último día que sirve debe ser del { $first } al { $last }.
services-not-its-work = { $provider } no hace { $what }.
services-no-way = Ningún camino abierto lleva de { $from } a { $to }.
services-count-range = Escriba un número de 1 a { $most }.
services-wrong-day = { $day } no se puede prometer. Elija días del { $first } al { $last }, cada uno una vez.
services-days-sum = Los días suman { $found } y hacen falta { $asked }. Elija otros días.
services-day-full = El { $day } solo quedan { $free }. Prometa menos, u otro día.
services-full = Hasta el { $by } hay sitio para { $room }. Prometa tantos o menos.
services-wrong-stage = Ahora no se puede. La promesa: { $stage }.
services-more-than-promised = No se puede hacer más de lo prometido. Escriba { $most } como mucho.
services-services-range = Escriba de 1 a { $most } palabras para lo que hace.
services-twice = { $what } está dos veces. Deje una.
services-per-day-range = Escriba un número de 0 a { $most }.
services-each-range = Escriba minutos de 1 a { $most }.
services-total-range = Son demasiados minutos en total. Pida { $most } como mucho, o haga dos peticiones.
did-ask-service = { $who } pidió atención o piezas
did-promise-service = { $who } prometió atención o trabajo a { $other }
did-take-service = { $who } dijo que sí a lo que { $other } prometió de atención o trabajo
did-do-service = { $who } hizo lo que había prometido de atención o trabajo
services-too-many = Es más de lo que se pide, por { $what }: diga que no a una parte.
services-does-missing = Diga al menos una cosa que hace.
services-each-missing = Diga cuántos minutos de máquinas necesita cada pieza.
services-ask-is-care = { $what } se ofrece como atención de personas, no como fabricación de piezas. ¿Es correcto como lo escribió?
services-ask-is-making = { $what } se ofrece como fabricación de piezas, no como atención de personas. ¿Es correcto como lo escribió?
services-ask-below = Hay promesas para { $n } en pie o cumplidas, y no caben en lo que escribe ahora: menos, o un día anterior. ¿Es correcto?
services-ask-minutes =
    { $n ->
        [one] { $n } minuto de máquinas en un día es muy poco. ¿Quiere decir minutos?
       *[other] { $n } minutos de máquinas en un día son muy pocos. ¿Quiere decir minutos, y no horas?
    }
services-other-ask = Ya hay algo prometido a esta petición. Ciérrela y pida lo otro de nuevo.
services-other-work = Hay promesas de { $provider } en pie, así que sigue siendo lo que es. Anote el otro trabajo con otra palabra.
services-ask-end =
    { $n ->
        [one] Hay { $n } promesa en pie, que entonces ya no vale. ¿No pedir más de todos modos?
       *[other] Hay { $n } promesas en pie, que entonces ya no valen. ¿No pedir más de todos modos?
    }
did-decline-service = { $who } dijo que no a lo que { $other } prometió de atención o trabajo
did-close-service = { $who } ya no pide alguna atención o piezas
